import assert from "node:assert/strict";
import test from "node:test";
import { ensureConsoleBuild } from "#scripts/build/build.ts";
import { firstLoads } from "#tests/harness/first-load.ts";
import { TEST_BUILD } from "#tests/harness/processes.ts";

/** In bytes, gzipped. Of it 132 kB are React and Next.js themselves. */
const MOST = 200_000;

test("no page brings more than 200 kB of JavaScript at first", async () => {
  await ensureConsoleBuild(TEST_BUILD, () => undefined);
  const pages = await firstLoads(TEST_BUILD);
  assert.ok(pages.length > 50, `${pages.length} pages`);
  const heavy = pages.filter(({ bytes }) => bytes > MOST).map(({ page, bytes }) => `${page} ${bytes}`);
  assert.deepEqual(heavy, []);
});
