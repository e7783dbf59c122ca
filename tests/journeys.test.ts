import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";

const JOURNEYS = path.join(import.meta.dirname, "../e2e");

test("every journey takes its `test` from where the browser's reports against a page's policies are watched", async () => {
  const names = (await readdir(JOURNEYS)).filter((name) => name.endsWith(".spec.ts"));
  assert.ok(names.length > 10);
  for (const name of names) {
    const source = await readFile(path.join(JOURNEYS, name), "utf8");
    assert.match(source, /from "\.\/journey\.ts"/, name);
    assert.doesNotMatch(source, /from "@playwright\/test"/, name);
  }
});
