import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { mintKey, revokeKey } from "#lib/keys/commands.ts";
import { createRoute, deleteRoute, saveRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { publish } from "./commands.ts";
import { getChange, getChanges, getEffects, listChanges } from "./queries.ts";

const fields = (path: string, more: Partial<RouteFieldsInput> = {}) =>
  routeFieldsSchema.parse({ method: "GET", path, target: { type: "function", function: "hello" }, ...more });
const SIDES = { from: "live", to: "draft" } as const;
const code = (expected: string) => (error: unknown) =>
  error instanceof DomainError && error.code === expected;

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const publishAll = async (actor: TenantActor) =>
  publish(actor, { draftVersion: (await getChanges(actor, undefined)).draftVersion, note: "" });
const mint = (actor: TenantActor, name: string, paths: string[] | null = null) =>
  mintKey(actor, {
    name,
    description: "",
    expiresAt: null,
    authorizedRequests: paths?.map((path) => ({ method: "ANY" as const, path, queryParameters: {} })) ?? null,
  });

test("a change is told in words that name keys, and opened shows both documents", async () => {
  const { actor } = await plane.tenant("words");
  const key = await mint(actor, "acme-prod");
  const route = await createRoute(actor, fields("/v1/users"));
  await publishAll(actor);
  await saveRoute(actor, {
    id: route.id,
    version: route.version,
    fields: fields("/v1/users", { auth: { mode: "api-key", allowedApiKeyIds: [key.id] } }),
  });
  const { data } = await listChanges(actor, { ...SIDES, limit: 25 });
  assert.deepEqual(
    data.map(({ kind, sentences }) => [kind, ...sentences.map(({ text }) => text)]),
    [["changed", "open to only `acme-prod` instead of any API key"]],
  );
  const detail = await getChange(actor, { ...SIDES, id: route.id });
  assert.deepEqual(
    [detail.before?.auth, detail.after?.auth.mode],
    [{ mode: "api-key", allowedApiKeyIds: null }, "api-key"],
  );
  const { actor: stranger } = await plane.tenant("words-stranger");
  await assert.rejects(getChange(stranger, { ...SIDES, id: route.id }), code("not_found"));
  await assert.rejects(listChanges(actor, { from: 99, to: "draft", limit: 25 }), code("not_found"));
});

test("changes are read page by page, by kind, by effect and by what is searched for", async () => {
  const { actor } = await plane.tenant("pages");
  for (const path of ["/a", "/b", "/c"]) await createRoute(actor, fields(path));
  const gone = await createRoute(actor, fields("/gone"));
  await publishAll(actor);
  await deleteRoute(actor, { id: gone.id });
  for (const path of ["/d", "/e", "/f"]) await createRoute(actor, fields(path, { auth: { mode: "none" } }));
  const paths = async (input: object) =>
    (await listChanges(actor, { ...SIDES, limit: 25, ...input })).data.map(({ path }) => path);
  assert.deepEqual(await paths({}), ["/d", "/e", "/f", "/gone"]);
  assert.deepEqual(await paths({ kind: "removed" }), ["/gone"]);
  assert.deepEqual(await paths({ effect: "becomes-public" }), ["/d", "/e", "/f"]);
  assert.deepEqual(await paths({ q: "get /E" }), ["/e"]);
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listChanges(actor, { ...SIDES, limit: 2, cursor });
    seen.push(...page.data.map(({ path }) => path));
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  assert.deepEqual(seen, ["/d", "/e", "/f", "/gone"]);
});

test("keys that lose a route are named, those used most recently first; revoked ones lose nothing", async () => {
  const { actor } = await plane.tenant("radius");
  const [quiet, busy, elsewhere, revoked] = await Promise.all([
    mint(actor, "quiet"),
    mint(actor, "busy"),
    mint(actor, "elsewhere", ["/other/*"]),
    mint(actor, "revoked"),
  ]);
  await revokeKey(actor, { id: revoked.id, reason: "" });
  await withClient(plane.database.superuserUrl, (client) =>
    client.query("INSERT INTO api_key_usage (api_key_id, tenant_id, last_used_at) VALUES ($1, $2, now())", [
      busy.id,
      actor.tenant.id,
    ]),
  );
  const orders = await createRoute(actor, fields("/orders", { method: "POST" }));
  const named = await createRoute(
    actor,
    fields("/named", { auth: { mode: "api-key", allowedApiKeyIds: [quiet.id] } }),
  );
  await publishAll(actor);
  await deleteRoute(actor, { id: orders.id });
  await withClient(plane.database.superuserUrl, (client) =>
    client.query(
      `INSERT INTO api_key_routes (tenant_id, api_key_id, route_id, requests, last_used_at) VALUES
         ($1, $2, $3, 1, '2026-01-01'), ($1, $2, $4, 1, '2026-02-01')`,
      [actor.tenant.id, busy.id, orders.id, named.id],
    ),
  );
  const first = await getEffects(actor, SIDES);
  assert.equal(first.routes.disappears, 1);
  assert.deepEqual(first.anyKey.loses, { count: 1, routes: [{ method: "POST", path: "/orders" }] });
  assert.deepEqual(
    first.keys.data.map(({ name, loses }) => [name, loses.count]),
    [
      ["busy", 1],
      ["quiet", 1],
    ],
  );
  const called = { method: "POST", path: "/orders", at: "2026-01-01T00:00:00.000Z" };
  assert.deepEqual(
    first.keys.data.map(({ lastCalled }) => lastCalled),
    [called, null],
    "of the routes that change, and not of the others",
  );
  assert.deepEqual([first.keys.losing, first.keys.examined, first.keys.active], [2, 3, 3]);
  await saveRoute(actor, {
    id: named.id,
    version: named.version,
    fields: fields("/named", { auth: { mode: "api-key", allowedApiKeyIds: [elsewhere.id, busy.id] } }),
  });
  const second = await getEffects(actor, SIDES);
  assert.deepEqual(
    second.keys.data.map(({ name, loses, gains }) => [name, loses.count, gains.count]),
    [
      ["busy", 1, 1],
      ["quiet", 2, 0],
    ],
  );
});

test("nothing to publish has no effect, and a strange tenant sees nothing of another's keys", async () => {
  const { actor } = await plane.tenant("calm");
  await createRoute(actor, fields("/a"));
  await publishAll(actor);
  const effects = await getEffects(actor, SIDES);
  assert.equal(effects.counts.total, 0);
  assert.deepEqual(effects.keys, { data: [], losing: 0, gaining: 0, examined: 0, active: 0 });
});
