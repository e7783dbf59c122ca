import test from "node:test";
import { runChaos } from "#tests/harness/chaos.ts";
import { assertSurvived } from "#tests/harness/chaos-verdict.ts";

/** SOAK_ROUNDS changes how many disasters there are; 50 take some minutes. */
const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 50);

test(`no job is lost and none runs for ever in ${ROUNDS} rounds of killed workers, cut connections, restarts and crashes of PostgreSQL`, async (t) => {
  const report = await runChaos(ROUNDS, (line) => t.diagnostic(line));
  t.diagnostic(JSON.stringify(report, null, 2));
  assertSurvived(report, ROUNDS);
});
