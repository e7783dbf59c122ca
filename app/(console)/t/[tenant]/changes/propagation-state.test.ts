import assert from "node:assert/strict";
import test from "node:test";
import { type GatewayReach, isSettled, propagationText, reachText } from "./propagation-state.ts";

const gateway = (change: Partial<GatewayReach>): GatewayReach => ({
  id: "0199a000-0000-7000-8000-000000000001",
  name: "gw",
  state: "serving",
  afterMs: 9,
  revision: 4,
  lastSeenAt: "2026-11-21T10:00:00.000Z",
  silentMs: 0,
  error: null,
  ...change,
});
const of = (...gateways: GatewayReach[]) => ({
  number: 4,
  publishedAt: "2026-11-21T10:00:00.000Z",
  gateways,
});
const waiting = gateway({ state: "waiting", afterMs: null, revision: 3 });
const silent = gateway({ state: "silent", afterMs: null, revision: 3, silentMs: 40_000 });

test("the slowest gateway's time is named once all of them serve", () => {
  assert.equal(propagationText(of(gateway({}), gateway({ afterMs: 15 }))), "r4 live on 2 of 2 in 15 ms");
  assert.equal(propagationText(of(gateway({}), waiting)), "r4 live on 1 of 2");
  const later = gateway({ afterMs: null });
  assert.equal(propagationText(of(gateway({ afterMs: 15 }), later)), "r4 live on 2 of 2 in 15 ms");
  assert.equal(propagationText(of(later)), "r4 live on 1 of 1");
  assert.equal(reachText(later), "live");
  assert.equal(propagationText(of()), "r4 is published, but no gateway is running");
});

test("a silent gateway counts as not there, is named with how long, and is asked for again", () => {
  assert.equal(propagationText(of(gateway({}), silent)), "r4 live on 1 of 2");
  assert.equal(isSettled(of(gateway({}), silent)), false);
  assert.equal(reachText(silent), "silent for 40.0 s, last known to serve r3");
  const after = gateway({ silentMs: 40_000 });
  assert.equal(propagationText(of(gateway({}), after)), "r4 live on 1 of 2");
  assert.equal(reachText(after), "after 9 ms · silent for 40.0 s");
});

test("asking ends when every gateway serves, has refused or went on", () => {
  const refused = gateway({ state: "refused", revision: 3, error: "bad route" });
  const superseded = gateway({ state: "superseded", revision: 5, afterMs: null });
  assert.equal(isSettled(of(gateway({}), refused, superseded)), true);
  assert.equal(isSettled(of(gateway({}), waiting)), false);
  assert.equal(isSettled(of()), false);
  assert.equal(reachText(refused), "bad route · It keeps serving r3.");
  assert.equal(reachText(superseded), "serves r5 by now");
  assert.equal(reachText(waiting), "still on r3");
});
