import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { undoDraft } from "#lib/publishing/draft-commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { nthRoute, seedManyRoutes } from "#tests/harness/many-routes.ts";
import { bulkEdit, createRoute, saveRoute } from "./commands.ts";
import { type BulkChange, bulkSchema } from "./schema.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

type Row = { id: string; document: string; version: number; updated_at: Date; xmin: string };
const sql = <T>(text: string, values: unknown[] = []) =>
  withClient(plane.database.superuserUrl, async (client) => (await client.query(text, values)).rows as T[]);
const rowsOf = (actor: TenantActor) =>
  sql<Row>(
    `SELECT id, document::text, version, updated_at, xmin::text FROM draft_routes WHERE tenant_id = $1 ORDER BY path, method`,
    [actor.tenant.id],
  );
const auditOf = (actor: TenantActor) =>
  sql<{ action: string; after: { routeIds?: string[] } }>(
    "SELECT action, after FROM audit_entries WHERE tenant_id = $1 AND action LIKE 'draft.%' ORDER BY at",
    [actor.tenant.id],
  );
const draftOf = async (actor: TenantActor) =>
  Number(
    (await sql<{ version: string }>("SELECT version FROM drafts WHERE tenant_id = $1", [actor.tenant.id]))[0]
      ?.version,
  );

const add = (actor: TenantActor, route: Partial<RouteFieldsInput> & { path: string }) =>
  createRoute(
    actor,
    routeFieldsSchema.parse({ method: "GET", target: { type: "function", function: "hello" }, ...route }),
  );
const preview = (actor: TenantActor, input: object) =>
  bulkEdit(actor, bulkSchema.parse({ ...input, dryRun: true }));
async function run(actor: TenantActor, input: object) {
  const { draftVersion, changed } = await preview(actor, input);
  return bulkEdit(actor, bulkSchema.parse({ ...input, draftVersion, count: changed }));
}

test("a dry run says exactly what would change and touches nothing", async () => {
  const { actor } = await plane.tenant("dry");
  const one = await add(actor, { path: "/one", tags: ["a"] });
  await add(actor, { path: "/two", auth: { mode: "none" }, method: "POST" });
  const before = [await rowsOf(actor), await draftOf(actor), await auditOf(actor)];
  const result = await preview(actor, { filter: {}, change: { auth: { mode: "none" } } });
  assert.deepEqual([await rowsOf(actor), await draftOf(actor), await auditOf(actor)], before);
  assert.deepEqual([result.changed, result.unchanged, result.skipped, result.undoId], [1, 1, 0, null]);
  assert.deepEqual(result.preview, [
    {
      id: one.id,
      method: "GET",
      path: "/one",
      changes: [{ field: "Who may call", before: "any API key", after: "public" }],
    },
  ]);
  assert.deepEqual(
    result.warnings.map(({ code, count }) => [code, count]),
    [["becomes_public", 1]],
  );
});

test("each change reaches the routes it is for and leaves every other byte and version alone, and undo brings all back", async () => {
  const { actor } = await plane.tenant("matrix");
  const key = await mintKey(actor, { name: "k", description: "", authorizedRequests: null, expiresAt: null });
  for (const [at, tags] of [["a"], ["a", "b"], [], ["c"]].entries()) {
    await add(actor, {
      path: `/in/${at}`,
      tags,
      enabled: at !== 1,
      rateLimit: at === 2 ? null : { requestsPerMinute: 5 },
    });
  }
  await add(actor, { path: "/out", tags: ["a"] });
  const changes: BulkChange[] = [
    { auth: { mode: "api-key", allowedApiKeyIds: [key.id] } },
    { auth: { mode: "bearer", requiredScopes: ["read"], requiredClaims: {} } },
    { rateLimit: null },
    { rateLimit: { requestsPerMinute: 7, per: "key" } },
    { corsEnabled: false },
    { cors: { allowOrigins: ["https://app.example.com"], allowCredentials: true } },
    { enabled: false },
    { enabled: true },
    { addTags: ["b", "d"] },
    { removeTags: ["a"] },
    { addTags: ["e"], removeTags: ["c"] },
    { setTags: ["only"] },
    { setTags: [] },
    { delete: true },
  ];
  for (const change of changes) {
    const before = await rowsOf(actor);
    const result = await run(actor, { filter: { prefix: "/in" }, change });
    assert.equal(result.changed + result.unchanged, 4, JSON.stringify(change));
    const now = new Map((await rowsOf(actor)).map((row) => [row.id, row]));
    let touched = 0;
    for (const row of before) {
      const is = now.get(row.id);
      if (JSON.stringify(is) === JSON.stringify(row)) continue;
      touched += 1;
      if (change.delete) assert.equal(is, undefined);
      else assert.equal(is?.version, row.version + 1);
      const { path, ...rest } = JSON.parse(row.document);
      assert.match(path, /^\/in\//);
      if (!is) continue;
      const after = JSON.parse(is.document);
      const fields = Object.keys(rest).filter(
        (name) => JSON.stringify(after[name]) !== JSON.stringify(rest[name]),
      );
      assert.equal(fields.length, 1, `${fields} for ${JSON.stringify(change)}`);
      routeFieldsSchema.parse(after);
    }
    assert.equal(touched, result.changed);
    assert.deepEqual((await auditOf(actor)).at(-1)?.after.routeIds?.length, result.changed);
    assert.ok(result.undoId);
    await undoDraft(actor, { undoId: result.undoId });
    assert.deepEqual(
      (await rowsOf(actor)).map(({ id, document }) => [id, document]),
      before.map(({ id, document }) => [id, document]),
    );
  }
});

test("a change that is so already everywhere changes neither draft nor audit log", async () => {
  const { actor } = await plane.tenant("noop");
  await add(actor, { path: "/one" });
  const before = [await rowsOf(actor), await draftOf(actor), await auditOf(actor)];
  const result = await run(actor, {
    filter: {},
    change: { enabled: true, corsEnabled: true, removeTags: ["x"] },
  });
  assert.deepEqual([result.changed, result.unchanged, result.undoId], [0, 1, null]);
  assert.deepEqual([await rowsOf(actor), await draftOf(actor), await auditOf(actor)], before);
});

test("a run is refused when the draft or the number of routes is not what was previewed", async () => {
  const { actor } = await plane.tenant("stale");
  const one = await add(actor, { path: "/one" });
  const input = { filter: {}, change: { enabled: false } };
  const { draftVersion, changed } = await preview(actor, input);
  await saveRoute(actor, {
    id: one.id,
    version: 1,
    fields: routeFieldsSchema.parse({ ...fieldsOf(one), name: "n" }),
  });
  const before = await rowsOf(actor);
  const send = (more: object) => bulkEdit(actor, bulkSchema.parse({ ...input, ...more }));
  await assert.rejects(send({ draftVersion, count: changed }), { code: "conflict" });
  await assert.rejects(send({ draftVersion: draftVersion + 1, count: 2 }), { code: "conflict" });
  assert.deepEqual(await rowsOf(actor), before);
  await send({ draftVersion: draftVersion + 1, count: 1 });
});

function fieldsOf({
  id: _i,
  version: _v,
  createdAt: _c,
  updatedAt: _u,
  ...fields
}: Awaited<ReturnType<typeof add>>) {
  return fields;
}

test("another tenant's routes are skipped like routes that never were, and stay as they are", async () => {
  const { actor } = await plane.tenant("mine");
  const { actor: other } = await plane.tenant("theirs");
  const [mine, theirs, nobody] = [
    await add(actor, { path: "/m" }),
    await add(other, { path: "/t" }),
    uuidv7(),
  ];
  const before = await rowsOf(other);
  const result = await run(actor, { ids: [theirs.id, mine.id, nobody, mine.id], change: { delete: true } });
  assert.equal(result.changed, 1);
  assert.deepEqual(
    result.skips,
    [theirs.id, nobody].map((id) => ({
      id,
      method: null,
      path: null,
      reason: "is not a route of this draft",
    })),
  );
  assert.deepEqual(await rowsOf(other), before);
});

test("routes that would become invalid or collide are skipped with the reason, the others change", async () => {
  const { actor } = await plane.tenant("invalid");
  const full = await add(actor, { path: "/full", tags: Array.from({ length: 20 }, (_, at) => `t${at}`) });
  const open = await add(actor, { path: "/open" });
  const tags = await run(actor, { filter: {}, change: { addTags: ["t0", "more"] } });
  assert.equal(tags.changed, 1);
  assert.deepEqual(
    tags.skips.map(({ id, reason }) => [id, /21 tags/.test(reason)]),
    [[full.id, true]],
  );
  const cors = await preview(actor, { filter: {}, change: { cors: { allowCredentials: true } } });
  assert.deepEqual([cors.changed, cors.skipped], [0, 2]);
  const twin = await add(actor, { path: "/{twin}", enabled: false });
  const second = await add(actor, { path: "/:other", enabled: false });
  const enabled = await run(actor, { filter: { enabled: false }, change: { enabled: true } });
  assert.deepEqual(enabled.skips.map(({ id }) => id).sort(), [twin.id, second.id].sort());
  assert.ok(open);
});

test("keys of another tenant are refused for the whole change, at their place", async () => {
  const { actor } = await plane.tenant("keys-mine");
  const { actor: other } = await plane.tenant("keys-theirs");
  await add(actor, { path: "/one" });
  const key = await mintKey(other, { name: "k", description: "", authorizedRequests: null, expiresAt: null });
  const auth = { mode: "api-key", allowedApiKeyIds: [key.id] };
  await assert.rejects(preview(actor, { filter: {}, change: { auth } }), {
    code: "invalid_input",
    details: [{ path: "change.auth.allowedApiKeyIds", message: `${key.id} is not a key of this tenant` }],
  });
});

test("wrong input is refused before anything is read", () => {
  const id = uuidv7();
  const good = { ids: [id], change: { enabled: true }, dryRun: true };
  assert.ok(bulkSchema.safeParse(good).success);
  const wrong: object[] = [
    { ...good, ids: Array.from({ length: 10_001 }, () => id) },
    { ...good, ids: [] },
    { ...good, filter: {} },
    { change: good.change, dryRun: true },
    { ...good, change: {} },
    { ...good, change: { delete: true, enabled: true } },
    { ...good, change: { delete: false } },
    { ...good, change: { setTags: ["a"], addTags: ["b"] } },
    { ...good, change: { addTags: ["a"], removeTags: ["a"] } },
    { ...good, change: { path: "/x" } },
    { ...good, change: { rateLimit: { requestsPerMinute: 0 } } },
    { ...good, change: { cors: { allowOrigins: ["https://a.example/"] } } },
    { ...good, filter: { nope: 1 } },
    { ...good, dryRun: false },
  ];
  for (const input of wrong)
    assert.equal(bulkSchema.safeParse(input).success, false, JSON.stringify(input).slice(0, 99));
});

test("ten thousand routes change and come back in one step; one more is refused", async (t) => {
  const { actor } = await plane.tenant("many");
  await withClient(plane.database.superuserUrl, (client) =>
    seedManyRoutes(client, actor.tenant.id, 10_000, nthRoute),
  );
  const input = { filter: {}, change: { rateLimit: { requestsPerMinute: 77 } } };
  const { draftVersion, changed } = await preview(actor, input);
  const started = performance.now();
  const result = await bulkEdit(actor, bulkSchema.parse({ ...input, draftVersion, count: changed }));
  t.diagnostic(`10,000 routes in ${Math.round(performance.now() - started)} ms`);
  assert.equal(result.changed, 10_000);
  assert.equal(result.preview.length, 100);
  await undoDraft(actor, { undoId: result.undoId as string });
  await add(actor, { path: "/one-more" });
  await assert.rejects(preview(actor, input), { code: "invalid_input" });
});
