import assert from "node:assert/strict";
import type { ChaosReport } from "./chaos.ts";

/** Jobs that two workers with four slots each can have claimed when PostgreSQL crashes and forgets the claims. */
const CLAIMS_AT_ONCE = 8;

/** What must hold of every chaos run, however many disasters it had. */
export function assertSurvived(report: ChaosReport, rounds: number): void {
  const { states, rounds: happened } = report;
  assert.equal(
    Object.values(happened).reduce((sum, count) => sum + count, 0),
    rounds,
  );
  assert.equal(report.lost, 0, "a job that was accepted is in the ledger, once");
  assert.deepEqual(Object.keys(states).sort(), ["dead", "succeeded"], "no job runs or waits for ever");
  assert.equal((states.succeeded ?? 0) + (states.dead ?? 0), report.enqueued);
  assert.equal(states.dead, rounds * 3, "what must die is dead, and nothing else");
  assert.equal(report.openAttempts, 0, "no attempt reads as running when all is over");
  assert.equal(report.leftInQueue, 0, "nothing is left in the queue");
  assert.equal(report.stepsRunAgain, 0, "a finished step of a pipeline never runs again");
  // A run that the ledger does not know of can only be one whose claim PostgreSQL forgot in a crash.
  const most = (happened["crash PostgreSQL"] ?? 0) * CLAIMS_AT_ONCE;
  assert.ok(report.untold <= most, `${report.untold} runs that nothing tells of; crashes explain ${most}`);
}
