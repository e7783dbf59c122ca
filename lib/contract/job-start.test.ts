import assert from "node:assert/strict";
import test from "node:test";
import { MAX_DELAY_SECONDS, readStartOptions } from "./job-start.ts";

test("a job that is started without options is due at once and has the usual allowance", () => {
  const usual = { delaySeconds: 0, maxAttempts: 5, timeoutMs: 60_000 };
  assert.deepEqual(readStartOptions(undefined), usual);
  assert.deepEqual(readStartOptions({}), usual);
  assert.deepEqual(readStartOptions({ delaySeconds: undefined }), usual);
});

test("a job can be put off by anything from nothing to 30 days", () => {
  for (const delaySeconds of [0, 0.25, 60, MAX_DELAY_SECONDS]) {
    assert.equal(readStartOptions({ delaySeconds }).delaySeconds, delaySeconds);
  }
  assert.deepEqual(readStartOptions({ maxAttempts: 1, timeoutMs: 900_000 }), {
    delaySeconds: 0,
    maxAttempts: 1,
    timeoutMs: 900_000,
  });
});

test("a delay that is no number of seconds up to 30 days is refused, naming it", () => {
  for (const delaySeconds of [
    -1,
    MAX_DELAY_SECONDS + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "60",
    null,
    [],
    {},
    true,
  ]) {
    assert.throws(
      () => readStartOptions({ delaySeconds }),
      /delaySeconds must be a number from 0 to 2592000/,
    );
  }
});

test("options that do not exist, have the wrong size or are no object are refused, naming what there is", () => {
  assert.throws(() => readStartOptions({ delay: 5 }), /no option 'delay'; it has delaySeconds/);
  assert.throws(
    () => readStartOptions({ maxAttempts: 0 }),
    /maxAttempts must be a whole number from 1 to 100/,
  );
  assert.throws(() => readStartOptions({ maxAttempts: 1.5 }), /maxAttempts/);
  assert.throws(() => readStartOptions({ timeoutMs: 900_001 }), /timeoutMs/);
  for (const given of [null, 60, "60", [60]]) assert.throws(() => readStartOptions(given), /an object/);
});
