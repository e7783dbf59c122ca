import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { findingKey } from "#lib/contract/lint/finding.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import type { DomainError } from "#lib/errors/domain-error.ts";
import { mintKey, revokeKey } from "#lib/keys/commands.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { publish } from "./commands.ts";
import { getChanges, getFindings, lintOne } from "./queries.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
  await withClient(plane.database.superuserUrl, (client) =>
    client.query("INSERT INTO functions (name) VALUES ('hello')"),
  );
});
after(() => plane.close());

const document = (path: string, more: Partial<RouteFieldsInput> = {}): RouteFieldsInput => ({
  method: "GET",
  path,
  target: { type: "function", function: "hello" },
  ...more,
});
const add = (actor: TenantActor, path: string, more: Partial<RouteFieldsInput> = {}) =>
  createRoute(actor, routeFieldsSchema.parse(document(path, more)));
const publishWith = async (actor: TenantActor, acceptWarnings: string[]) =>
  publish(actor, {
    draftVersion: (await getChanges(actor, undefined)).draftVersion,
    note: "",
    acceptWarnings,
  });
const open: Partial<RouteFieldsInput> = { method: "POST", auth: { mode: "none" } };

test("a warning is asked about once: when its route is published, and not while the route stays as it is", async () => {
  const { actor } = await plane.tenant("asks");
  await add(actor, "/open", open);
  const { findings } = await getChanges(actor, undefined);
  assert.equal(findings.asking, 1);
  assert.deepEqual(findings.data[0]?.route, { method: "POST", path: "/open" });
  const key = findingKey(findings.data[0] as (typeof findings.data)[number]);
  await assert.rejects(publishWith(actor, []), (error: DomainError) => {
    assert.deepEqual(
      error.details.map(({ path }) => path),
      [key],
    );
    return error.code === "conflict";
  });
  await publishWith(actor, [key]);
  await add(actor, "/quiet");
  assert.equal((await getChanges(actor, undefined)).findings.asking, 0);
  assert.equal((await getFindings(actor, undefined)).warnings, 1);
  await publishWith(actor, []);
  await add(actor, "/open/too", open);
  await assert.rejects(publishWith(actor, [key]), (error: DomainError) => error.code === "conflict");
  await publishWith(actor, ["public_write"]);
});

test("a new route that leaves an unchanged one without requests asks about it", async () => {
  const { actor } = await plane.tenant("starves");
  await add(actor, "/x", { method: "ANY" });
  for (const method of ["GET", "POST", "PUT", "PATCH", "OPTIONS"] as const)
    await add(actor, "/x", { method });
  await publishWith(actor, ["preflight_never_arrives"]);
  await add(actor, "/x", { method: "DELETE" });
  const { findings } = await getChanges(actor, undefined);
  assert.deepEqual(findings.byCode, [{ code: "unreachable_route", severity: "warning", count: 1 }]);
});

test("an error blocks publishing whatever is accepted, and nothing changes", async () => {
  const { actor } = await plane.tenant("blocks");
  await add(actor, "/in", { target: { type: "http", url: "http://169.254.169.254/latest" } });
  await assert.rejects(publishWith(actor, ["internal_upstream"]), (error: DomainError) => {
    assert.match(error.details[0]?.message ?? "", /169\.254\.169\.254 is inside/);
    return error.code === "invalid_input";
  });
  assert.equal((await getChanges(actor, undefined)).liveRevision, null);
});

test("a key that is revoked shows up at once at the routes that name it", async () => {
  const { actor } = await plane.tenant("keys");
  const { id } = await mintKey(actor, {
    name: "partner",
    description: "",
    authorizedRequests: null,
    expiresAt: null,
  });
  await add(actor, "/k", { auth: { mode: "api-key", allowedApiKeyIds: [id] } });
  assert.deepEqual((await getFindings(actor, undefined)).byCode, []);
  await revokeKey(actor, { id, reason: "" });
  const { findings } = await getFindings(actor, undefined);
  assert.deepEqual(
    findings.map(({ code }) => code),
    ["allowed_key_revoked"],
  );
  assert.match(findings[0]?.message ?? "", /partner/);
});

test("a candidate is judged against the draft and nothing is stored", async () => {
  const { actor } = await plane.tenant("candidate");
  const { id } = await add(actor, "/a/:x");
  const before = await getChanges(actor, undefined);
  const codes = async (on: string | null, route: unknown) =>
    (await lintOne(actor, { id: on, route })).findings.map(({ code }) => code);
  assert.deepEqual(await codes(null, document("/a/{y}")), ["duplicate_route"]);
  assert.deepEqual(await codes(id, document("/a/{y}")), []);
  assert.deepEqual(await codes(null, { method: "GET" }), ["invalid_document", "invalid_document"]);
  assert.deepEqual(await getChanges(actor, undefined), before);
});
