import assert from "node:assert/strict";
import test from "node:test";
import { pathForLog, pathWithoutSecrets, queryNames } from "./hide-secrets.ts";
import { createRefusalBudget } from "./refusal-budget.ts";

const NOW = 1_000_000;

test("a tenant's budget is spent by no single address, and begins anew with the next minute", () => {
  const budget = createRefusalBudget();
  const taken = (address: string, now = NOW) =>
    Array.from({ length: 500 }, () => budget.take("t", address, now)).filter(Boolean).length;
  assert.equal(taken("a"), 100);
  assert.equal(taken("b"), 100);
  assert.equal(taken("c"), 100);
  assert.equal(taken("d"), 0);
  assert.equal(taken("a", NOW + 59_999), 0);
  assert.equal(taken("a", NOW + 60_000), 100);
});

test("when many tenants are flooded, each is still heard, and the whole is bounded", () => {
  const budget = createRefusalBudget();
  const taken = (tenant: string) =>
    Array.from({ length: 400 }, (_, n) => budget.take(tenant, `${n}`, NOW)).filter(Boolean).length;
  for (let n = 0; n < 5; n++) assert.equal(taken(`flooded ${n}`), 300);
  assert.equal(taken("calm"), 20);
  let all = 1_520;
  for (let n = 0; n < 1_000; n++) all += taken(`more ${n}`);
  assert.equal(all, 5_000);
});

test("what was not kept is counted once, written at most every 10 s, and survives a failed write", () => {
  const budget = createRefusalBudget();
  const written = (now: number) =>
    budget.takeUnrecorded(now).map(({ from, until, amount }) => [+from - NOW, +until - NOW, amount]);
  budget.countUnrecorded("t", NOW);
  budget.countUnrecorded("t", NOW + 5);
  const first = budget.takeUnrecorded(NOW + 10);
  assert.deepEqual(
    first.map(({ amount }) => amount),
    [2],
  );
  budget.countUnrecorded("t", NOW + 20);
  assert.deepEqual(written(NOW + 30), []);
  budget.giveBack(first);
  assert.deepEqual(written(NOW + 40), [[0, 20, 3]]);
  assert.deepEqual(written(NOW + 10_040), []);
  budget.countUnrecorded("t", NOW + 10_050);
  budget.hurry();
  assert.deepEqual(written(NOW + 10_060), [[10_050, 10_050, 1]]);
});

test("a path is shown without anything that may be a secret, and with what names things", () => {
  const shown = [
    "/v1/users/42/orders",
    "/v1/users/0199c0de-0000-7000-8000-000000000001",
    "/items/507f1f77bcf86cd799439011/01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "/blog/how-we-moved-to-postgres-18-in-2026",
    "/a%2Fb/%C3%A9//",
  ];
  for (const path of shown) assert.equal(pathWithoutSecrets(path), path);
  const hidden = [
    `/reset/${"gh_".concat("a".repeat(49))}`,
    "/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
    "/t/%65yJhbGciOiJIUzI1NiJ9",
    "/k/sk_live_51H8",
    "/k/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c",
    "/k/q7Zp2LkX9vB4nM1cT8rW",
  ];
  for (const path of hidden) assert.match(pathWithoutSecrets(path), /^\/\w+\/\[hidden\]$/, path);
  assert.ok(pathWithoutSecrets(`/${"a-".repeat(8_000)}`).length < 520);
});

test("a logged path is whole, but for what Gatehouse handed out", () => {
  const body = "a-_9".repeat(12);
  for (const path of [
    "/gw/acme/v1/users/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "/gw/acme/a%2Fb/high_water",
  ]) {
    assert.equal(pathForLog(path), path);
  }
  for (const secret of [`gh_${body}`, `ght_${body}`, `x.ghc_${body}`, `%67h_${body}`]) {
    assert.equal(pathForLog(`/gw/acme/${secret}/x`), "/gw/acme/[hidden]/x");
  }
});

test("of a query only the names are kept", () => {
  assert.deepEqual(queryNames("token=abc&page=2&page=3&=x&flag&q7Zp2LkX9vB4nM1cT8rW=1"), [
    "token",
    "page",
    "flag",
    "[hidden]",
  ]);
  assert.equal(queryNames(Array.from({ length: 200 }, (_, n) => `p${n}=1`).join("&")).length, 50);
});
