import assert from "node:assert/strict";
import test from "node:test";
import { roomForUnproven } from "./run-window.ts";

const sent = (done: number, succeeded = 0, died = 0, otherEnds = 0) => ({
  stopAfter: 10,
  done,
  succeeded,
  died,
  otherEnds,
});

test("a run that is to stop by itself has as many jobs under way as may fail, and more as they succeed", () => {
  assert.equal(roomForUnproven(sent(0)), 10);
  assert.equal(roomForUnproven(sent(10)), 0, "none of them has ended");
  assert.equal(roomForUnproven(sent(10, 4)), 4);
  assert.equal(
    roomForUnproven(sent(10, 0, 6)),
    6,
    "what died of something else makes room, and no more than that",
  );
  assert.equal(roomForUnproven(sent(10, 0, 0, 10)), 10);
  assert.equal(roomForUnproven(sent(100, 100)), 200);
  assert.equal(roomForUnproven(sent(300, 20)), 0, "never less than none");
});

test("a run that never stops by itself has no such bound", () => {
  assert.equal(roomForUnproven({ ...sent(1_000), stopAfter: null }), Number.POSITIVE_INFINITY);
});
