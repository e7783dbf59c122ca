import { test } from "node:test";
import { runChaos } from "#tests/harness/chaos.ts";
import { assertSurvived } from "#tests/harness/chaos-verdict.ts";

test("no job is lost when a worker is killed, its connections are cut, and PostgreSQL restarts", async () => {
  assertSurvived(await runChaos(3), 3);
});
