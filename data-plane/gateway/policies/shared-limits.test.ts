import assert from "node:assert/strict";
import test from "node:test";
import { reasonOf } from "./shared-limits.ts";

test("the log says why Redis cannot be asked, in whole words, and never where it is", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.3:6379"), { code: "ECONNREFUSED" });
  assert.equal(reasonOf(refused), "ECONNREFUSED");
  assert.equal(reasonOf(new Error("WRONGPASS invalid username-password pair")), "WRONGPASS");
  assert.equal(reasonOf(new Error("it answers too slowly")), "it answers too slowly");
  assert.equal(reasonOf(new Error("Socket closed unexpectedly")), "Socket closed unexpectedly");
  assert.equal(reasonOf(new TypeError("cannot reach redis://:secret@10.0.0.3")), "TypeError");
});
