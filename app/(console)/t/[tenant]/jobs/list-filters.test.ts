import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import { fromLocal, isNarrowed, sameView, toggledStates, toLocal } from "./list-filters.ts";

test("states are added and taken away in one order, and all of them are the same as none", () => {
  assert.equal(toggledStates("", "dead"), "dead");
  assert.equal(toggledStates("dead", "retrying"), "retrying,dead");
  assert.equal(toggledStates("retrying,dead", "dead"), "retrying");
  assert.equal(toggledStates("retrying", "retrying"), "");
  assert.equal(toggledStates(JOB_STATES.filter((state) => state !== "dead").join(","), "dead"), "");
});

test("two addresses show the same view whatever their order and page", () => {
  assert.ok(sameView({ state: "dead", q: "x", cursor: "1" }, { q: "x", state: "dead" }));
  assert.ok(!sameView({ state: "dead" }, { state: "dead", sort: "oldest" }));
  assert.ok(!isNarrowed({ sort: "oldest", cursor: "1" }));
});

test("a moment survives the way through a field of the browser, to the minute", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
      date.setSeconds(0, 0);
      assert.equal(fromLocal(toLocal(date.toISOString())), date.toISOString());
    }),
  );
  assert.equal(fromLocal("nonsense"), "");
  assert.equal(toLocal("nonsense"), "");
});
