import assert from "node:assert/strict";
import test from "node:test";
import { isSettled, type Propagation, propagationText } from "./propagation-state.ts";

const at = (milliseconds: number) => new Date(1_700_000_000_000 + milliseconds).toISOString();
const gateway = (state: "serving" | "waiting" | "refused", after = 0): Propagation["gateways"][number] => ({
  id: "0199a000-0000-7000-8000-000000000001",
  name: "gw",
  state,
  since: state === "serving" ? at(after) : null,
  error: null,
});
const reach = (...gateways: Propagation["gateways"]): Propagation => ({
  number: 4,
  publishedAt: at(0),
  gateways,
});

test("the time that is named is the slowest gateway's", () => {
  assert.equal(
    propagationText(reach(gateway("serving", 7), gateway("serving", 12))),
    "r4 live on 2 of 2 in 12 ms",
  );
});

test("while a gateway is missing, no time is claimed and asking goes on", () => {
  const waiting = reach(gateway("serving", 7), gateway("waiting"));
  assert.equal(propagationText(waiting), "r4 live on 1 of 2");
  assert.equal(isSettled(waiting), false);
});

test("a refusal ends the waiting and never counts as live", () => {
  const refused = reach(gateway("serving", 7), gateway("refused"));
  assert.equal(propagationText(refused), "r4 live on 1 of 2");
  assert.equal(isSettled(refused), true);
});

test("without a gateway nothing is said to be live", () => {
  assert.match(propagationText(reach()), /no gateway is running/);
});
