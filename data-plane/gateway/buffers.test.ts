import assert from "node:assert/strict";
import test from "node:test";
import { compileRevision } from "#lib/contract/compile.ts";
import type { StoredKey } from "./key-store.ts";
import { createRefusals, type Decided } from "./refusals.ts";
import { createTallies } from "./tallies.ts";

const away = { query: () => Promise.reject(new Error("the database is away")) } as never;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const MINUTE = 60_000;
const NOW = 1_800_000_000_000;

test("with the database away, what keys are used for takes a bounded amount of memory, and what is lost is counted", async () => {
  const tallies = createTallies(away, quiet);
  const keys = 230_000;
  for (let n = 0; n < keys; n++) {
    const key = { id: `k${n}`, tenantId: "t", tally: null } as unknown as StoredKey;
    tallies.count(key, "route", false, NOW);
  }
  await tallies.stop();
  assert.equal(tallies.dropped(), keys - 200_000);
});

test("one key costs one tally however often it is used", async () => {
  let written = 0;
  const db = {
    query: ({ values: [ids] }: { values: [string[]] }) => {
      written += ids.length;
      return Promise.resolve({ rows: [] });
    },
  } as never;
  const tallies = createTallies(db, quiet);
  const key = { id: "k", tenantId: "t", tally: null } as unknown as StoredKey;
  for (let n = 0; n < 100_000; n++) tallies.count(key, "route", false, NOW);
  await tallies.stop();
  assert.equal(written, 1);
  assert.equal(tallies.dropped(), 0);
});

test("with the database away, refusals take a bounded amount of memory, and each that is not kept is counted", async () => {
  const refusals = createRefusals("instance", away, quiet);
  const revision = compileRevision({ format: 1, routes: [] });
  const noted = 40_000;
  for (let n = 0; n < noted; n++) {
    const decided: Decided = {
      tenantId: `t${n % 50}`,
      slug: "acme",
      revision,
      number: 1,
      request: { method: "GET", path: "/x", query: "", origin: null } as never,
      key: null,
      token: null,
    };
    const receivedAt = NOW + Math.floor(n / 4_000) * MINUTE;
    const refused = { requestId: `r${n}`, receivedAt, sourceIp: `10.0.${n % 200}.1`, route: null };
    refusals.note(decided, refused, "route_not_found", "There is no such route.");
  }
  const lost = refusals.dropped();
  assert.ok(noted - lost <= 5_000, `${noted - lost} kept`);
  assert.ok(noted - lost >= 4_000, `${noted - lost} kept`);
  await refusals.stop();
});
