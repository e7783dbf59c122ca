import assert from "node:assert/strict";
import test from "node:test";
import type { Instance } from "#lib/gateways/schema.ts";
import { liveState } from "./live-state.ts";

const gateway = (name: string, change: Partial<Instance> = {}): Instance => ({
  id: "0199c0de-0000-7000-8000-000000000001",
  name,
  kind: "gateway",
  address: "http://127.0.0.1:8080",
  version: "0.1.0",
  startedAt: "2026-11-21T09:00:00.000Z",
  lastSeenAt: "2026-11-21T09:00:00.000Z",
  status: "up",
  revision: 43,
  since: "2026-11-21T09:00:00.000Z",
  refused: null,
  error: null,
  limits: "own",
  ...change,
});
const at = (instances: Instance[], liveRevision: number | null = 43) =>
  liveState({ liveRevision, publishedAt: null, instances });

test("the pill says live only when every gateway serves the revision", () => {
  const all = at([gateway("a"), gateway("b"), gateway("w", { kind: "worker", revision: null })]);
  assert.deepEqual([all.tone, all.text], ["ok", "r43 live on 2 of 2"]);
  const gone = at([gateway("a"), gateway("b", { status: "stopped", revision: 42 })]);
  assert.deepEqual([gone.tone, gone.text], ["ok", "r43 live on 1 of 1"]);
});

test("a gateway that lags, is silent or refused is counted out and named", () => {
  const lagging = at([gateway("a"), gateway("b", { revision: 42 })]);
  assert.deepEqual([lagging.tone, lagging.text], ["warn", "r43 live on 1 of 2 · b on r42"]);
  assert.match(lagging.detail, /b\.$/);
  const silent = at([gateway("a"), gateway("b", { status: "silent" })]);
  assert.deepEqual([silent.tone, silent.text], ["warn", "r43 live on 1 of 2 · b silent"]);
  const two = at([gateway("a"), gateway("b", { status: "silent" }), gateway("c", { status: "silent" })]);
  assert.equal(two.text, "r43 live on 1 of 3 · 2 silent");
  assert.match(two.detail, /b, c/);
  const refused = at([gateway("a"), gateway("b", { revision: 42, refused: 43, error: "bad route" })]);
  assert.deepEqual([refused.tone, refused.text], ["bad", "r43 live on 1 of 2 · b refused r43"]);
  assert.match(refused.detail, /^b refused r43 .*bad route$/);
});

test("a gateway that refuses and one that is silent are both told, the graver one in the pill", () => {
  const both = at([
    gateway("a", { status: "silent" }),
    gateway("b", { revision: 42, refused: 43, error: "bad route" }),
  ]);
  assert.deepEqual([both.tone, both.text], ["bad", "r43 live on 0 of 2 · b refused r43"]);
  assert.match(both.detail, /bad route Not heard from lately: a\./);
});

test("nothing published and nobody serving are said as such", () => {
  assert.equal(at([gateway("a", { revision: null })], null).text, "Nothing published");
  assert.deepEqual([at([]).tone, at([]).text], ["bad", "r43 on no gateway"]);
});
