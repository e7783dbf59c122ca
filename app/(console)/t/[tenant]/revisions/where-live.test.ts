import assert from "node:assert/strict";
import test from "node:test";
import type { Instance } from "#lib/gateways/schema.ts";
import { whereLive } from "./where-live.ts";

const gateway = (name: string, revision: number, status: Instance["status"] = "up"): Instance => ({
  id: "0199c0de-0000-7000-8000-000000000001",
  name,
  kind: "gateway",
  address: "",
  version: "0.1.0",
  startedAt: "2026-11-21T09:00:00.000Z",
  lastSeenAt: "2026-11-21T09:00:00.000Z",
  status,
  revision,
  since: null,
  refused: null,
  error: null,
  limits: "own",
});

test("the live revision says on how many gateways, a past one which still serve it", () => {
  const gateways = {
    liveRevision: 4,
    publishedAt: null,
    instances: [gateway("a", 4), gateway("b", 3), gateway("c", 3, "silent"), gateway("d", 3, "stopped")],
  };
  assert.equal(whereLive(4, gateways), "on 1 of 3");
  assert.equal(whereLive(3, gateways), "still on b");
  assert.equal(whereLive(2, gateways), null);
  assert.equal(whereLive(4, undefined), null);
});
