import assert from "node:assert/strict";
import test from "node:test";
import { currentNavId, NAV, navFor } from "./nav.ts";

test("every page lights up its own entry of the sidebar", () => {
  const at = (address: string) => {
    const [path = "", query] = address.split("?");
    return currentNavId("acme", path, new URLSearchParams(query));
  };
  assert.equal(at("/t/acme"), "overview");
  assert.equal(at("/t/acme/routes/new"), "routes");
  assert.equal(at("/t/acme/jobs?state=running"), "jobs");
  assert.equal(at("/t/acme/jobs?state=dead&q=x"), "jobs");
  assert.equal(at("/t/acme/dead-letters/runs/42"), "dead-letters");
  assert.equal(at("/t/acme/jobs/42?state=dead"), "jobs");
  assert.equal(at("/t/acme/elsewhere"), null);
  assert.equal(at("/t/acme-two/routes"), null);
});

test("no two entries share a shortcut", () => {
  const keys = NAV.flatMap((group) => group.items).map((item) => item.key);
  assert.equal(new Set(keys).size, keys.length);
});

test("an operator on a support session is shown no page that has nothing for them; members see all", () => {
  const ids = (role: Parameters<typeof navFor>[0]) =>
    navFor(role).flatMap((group) => group.items.map((item) => item.id));
  const all = NAV.flatMap((group) => group.items.map((item) => item.id));
  assert.deepEqual(ids("owner"), all);
  const withoutLog = all.filter((id) => id !== "audit");
  assert.deepEqual(ids("viewer"), withoutLog);
  assert.deepEqual(
    ids("operator-requeue"),
    withoutLog.filter((id) => id !== "tokens"),
  );
});
