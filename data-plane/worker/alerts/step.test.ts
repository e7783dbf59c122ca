import assert from "node:assert/strict";
import test from "node:test";
import { CLEAR_MS, type Finding, nextStep, type OpenAlert } from "./step.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const open: OpenAlert = {
  errors: [],
  clearSince: null,
  acknowledgedAt: null,
  snoozedUntil: null,
  lastToldAt: NOW,
};
const holds: Finding = { holds: true, summary: "5 dead letters", fresh: [] };
const over: Finding = { holds: false, summary: "", fresh: [] };
const error = { fingerprint: "f", name: "E", message: "m" };

test("an alert that nobody has acknowledged is repeated every interval, and not between", () => {
  assert.equal(nextStep(open, holds, minutes(29), 30).tell, null);
  assert.equal(nextStep(open, holds, minutes(30), 30).tell, "alert.reminder");
  assert.equal(nextStep(open, holds, minutes(10_000), null).tell, null);
});

test("acknowledged it is silent for good, snoozed until then", () => {
  assert.equal(nextStep({ ...open, acknowledgedAt: NOW }, holds, minutes(10_000), 5).tell, null);
  const snoozed = { ...open, snoozedUntil: minutes(60) };
  assert.equal(nextStep(snoozed, holds, minutes(59), 5).tell, null);
  assert.equal(nextStep(snoozed, holds, minutes(60), 5).tell, "alert.reminder");
});

test("it is over once its cause has been gone for minutes, says so once, and says nothing when it only flickered", () => {
  const first = nextStep(open, over, minutes(1), 5);
  assert.deepEqual([first.tell, first.resolvedAt, first.clearSince], [null, null, minutes(1)]);
  const clearing = { ...open, clearSince: minutes(1) };
  assert.equal(nextStep(clearing, holds, minutes(2), 60).clearSince, null);
  const end = new Date(minutes(1).getTime() + CLEAR_MS);
  const last = nextStep({ ...clearing, acknowledgedAt: NOW }, over, end, 5);
  assert.deepEqual([last.tell, last.resolvedAt], ["alert.resolved", end]);
});

test("a further new error takes an acknowledgement back, and still speaks no oftener than the interval", () => {
  const seen = { ...open, acknowledgedAt: NOW, errors: [error] };
  const another = { ...holds, fresh: [{ ...error, fingerprint: "g" }] };
  assert.equal(nextStep(seen, { ...holds, fresh: [error] }, minutes(90), 60).unseen, false);
  const soon = nextStep(seen, another, minutes(5), 60);
  assert.deepEqual([soon.unseen, soon.tell, soon.errors.length], [true, null, 2]);
  assert.equal(nextStep(seen, another, minutes(60), 60).tell, "alert.reminder");
  assert.equal(nextStep(seen, another, minutes(60), null).tell, "alert.reminder");
  assert.equal(nextStep(seen, another, minutes(59), null).tell, null);
});
