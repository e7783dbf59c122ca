import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { withTenant } from "#lib/db/scope.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { createRoute, deleteRoute, saveRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { importRevision, publish, resetDraft, rollBack, undoDraft } from "./commands.ts";
import { loadDraft } from "./loaded.ts";
import { exportRevision, getChanges, getRevision } from "./queries.ts";
import { type ImportDocument, importSchema } from "./schema.ts";

const fields = (path: string, more: Partial<RouteFieldsInput> = {}) =>
  routeFieldsSchema.parse({ method: "GET", path, target: { type: "function", function: "hello" }, ...more });
const code = (expected: string) => (error: unknown) =>
  error instanceof DomainError && error.code === expected;

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const version = async (actor: TenantActor) => (await getChanges(actor, undefined)).draftVersion;
const publishAll = async (actor: TenantActor) =>
  publish(actor, { draftVersion: await version(actor), note: "" });
const draftOf = async (actor: TenantActor) =>
  (await withTenant(actor, (tx) => loadDraft(tx, actor.tenant.id))).routes.map(({ path, name }) =>
    `${path} ${name}`.trim(),
  );

/** A tenant with two published routes, one of which is changed, one deleted, and a new one. */
async function edited(slug: string) {
  const { actor } = await plane.tenant(slug);
  const a = await createRoute(actor, fields("/a"));
  const b = await createRoute(actor, fields("/b"));
  const revision = await publishAll(actor);
  await saveRoute(actor, { id: a.id, version: a.version, fields: fields("/a", { name: "edited" }) });
  await deleteRoute(actor, { id: b.id });
  const c = await createRoute(actor, fields("/c"));
  return { actor, a, b, c, revision };
}

test("one change is discarded, the others stay, and undoing brings it back", async () => {
  const { actor, a, b, c } = await edited("discard-one");
  assert.deepEqual(await draftOf(actor), ["/a edited", "/c"]);
  for (const [id, left] of [
    [a.id, ["/a", "/c"]],
    [b.id, ["/a edited", "/b", "/c"]],
    [c.id, ["/a edited"]],
  ] as const) {
    const done = await resetDraft(actor, {
      draftVersion: await version(actor),
      revision: null,
      routeIds: [id],
    });
    assert.equal(done.counts.total, 1);
    assert.deepEqual(await draftOf(actor), left);
    await undoDraft(actor, { undoId: done.undoId as string });
    assert.deepEqual(await draftOf(actor), ["/a edited", "/c"]);
  }
});

test("all changes are discarded at once, which leaves nothing to publish", async () => {
  const { actor } = await edited("discard-all");
  const done = await resetDraft(actor, {
    draftVersion: await version(actor),
    revision: null,
    routeIds: null,
  });
  assert.deepEqual(done.counts, { total: 3, added: 1, changed: 1, removed: 1 });
  assert.equal((await getChanges(actor, undefined)).counts.total, 0);
  const again = await resetDraft(actor, { draftVersion: done.draftVersion, revision: null, routeIds: null });
  assert.deepEqual([again.undoId, again.draftVersion], [null, done.draftVersion]);
  const { undo } = await getChanges(actor, undefined);
  assert.deepEqual([undo?.id, undo?.routes], [done.undoId, 3], "offered for as long as it can be undone");
  await undoDraft(actor, { undoId: done.undoId as string });
  assert.deepEqual(await draftOf(actor), ["/a edited", "/c"]);
});

test("what somebody edited since cannot be undone over them", async () => {
  const { actor } = await edited("undo-late");
  const done = await resetDraft(actor, {
    draftVersion: await version(actor),
    revision: null,
    routeIds: null,
  });
  await createRoute(actor, fields("/later"));
  assert.equal((await getChanges(actor, undefined)).undo, null);
  await assert.rejects(undoDraft(actor, { undoId: done.undoId as string }), code("conflict"));
  assert.deepEqual(await draftOf(actor), ["/a", "/b", "/later"]);
});

test("a stale, strange or unallowed reset changes nothing", async () => {
  const { actor, a } = await edited("reset-refused");
  const draftVersion = await version(actor);
  const all = { revision: null, routeIds: null };
  await assert.rejects(resetDraft(actor, { ...all, draftVersion: draftVersion - 1 }), code("conflict"));
  await assert.rejects(resetDraft(actor, { ...all, draftVersion, revision: 9 }), code("not_found"));
  const { actor: stranger } = await edited("reset-stranger");
  const theirs = { draftVersion: await version(stranger), revision: null, routeIds: [a.id] };
  await assert.rejects(resetDraft(stranger, theirs), code("not_found"));
  const viewer = await plane.member(actor, "viewer");
  await assert.rejects(resetDraft(viewer, { ...all, draftVersion }), code("forbidden"));
  assert.deepEqual(await draftOf(actor), ["/a edited", "/c"]);
});

test("rolling back leaves the draft alone; making it equal afterwards leaves nothing to publish", async () => {
  const { actor, revision } = await edited("back-and-equal");
  await publishAll(actor);
  const back = await rollBack(actor, { number: revision.number, note: "" });
  assert.equal(back.hash, revision.hash);
  assert.deepEqual(await draftOf(actor), ["/a edited", "/c"]);
  await resetDraft(actor, { draftVersion: await version(actor), revision: 1, routeIds: null });
  assert.equal((await getChanges(actor, undefined)).counts.total, 0);
});

const exported = async (actor: TenantActor, number: number): Promise<ImportDocument> =>
  importSchema.parse(JSON.parse(JSON.stringify(await exportRevision(actor, { number }))));

test("an export is imported to the same hash, in the same tenant and in another", async () => {
  const { actor, revision } = await edited("export");
  const document = await exported(actor, 1);
  await publishAll(actor);
  const { actor: other } = await plane.tenant("export-elsewhere");
  await createRoute(other, fields("/theirs"));
  for (const who of [actor, other]) {
    const preview = await importRevision(who, { document, dryRun: true });
    assert.ok(preview.counts.total > 0);
    const draftVersion = await version(who);
    assert.equal(preview.draftVersion, draftVersion);
    const done = await importRevision(who, { document, dryRun: false, draftVersion });
    assert.deepEqual(done.counts, preview.counts);
    assert.equal((await publishAll(who)).hash, revision.hash);
  }
  assert.deepEqual(
    (await getRevision(other, { number: 1 })).content,
    (await getRevision(actor, { number: 1 })).content,
  );
  assert.deepEqual(await draftOf(actor), ["/a", "/b"]);
});

test("routes in another order are the same document, anything else is tampered with", async () => {
  const { actor } = await edited("tampered");
  const document = await exported(actor, 1);
  const before = await draftOf(actor);
  const turned = { ...document, routes: document.routes.toReversed() };
  assert.equal((await importRevision(actor, { document: turned, dryRun: true })).counts.total, 3);
  const [first, second] = document.routes as Record<string, unknown>[];
  const hostile: [string, ImportDocument][] = [
    ["hash", { ...document, routes: [{ ...first, auth: { mode: "none" } }, second] }],
    ["hash", { ...document, routes: [second] }],
    ["hash", { ...document, hash: "0".repeat(64) }],
    ["routes.1.id", { ...document, routes: [first, { ...first, path: "/x" }] }],
    ["routes.0.path", { ...document, routes: [{ ...first, path: "no-slash" }] }],
    ["routes.0", { ...document, routes: [{ ...first, surprise: 1 }] }],
    ["routes.0", { ...document, routes: [7] }],
    ["routes.1.target.type", { ...document, routes: [first, { ...second, target: { type: "nowhere" } }] }],
    ["routes.0", { ...document, routes: [JSON.parse(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`)] }],
    ["routes.0", { ...document, routes: [{ ...first, description: "x".repeat(2_000_000) }] }],
  ];
  for (const [place, bad] of hostile) {
    await assert.rejects(
      importRevision(actor, { document: bad, dryRun: false, draftVersion: await version(actor) }),
      (error: DomainError) => error.code === "invalid_input" && error.details[0]?.path === place,
      place,
    );
  }
  const many = importSchema.safeParse({ ...document, routes: Array.from({ length: 100_000 }, () => ({})) });
  assert.match(many.error?.issues[0]?.message ?? "", /more than 20,000 routes/);
  assert.deepEqual(await draftOf(actor), before);
});

test("an import that was looked at against another draft is refused", async () => {
  const { actor } = await edited("import-stale");
  const document = await exported(actor, 1);
  const { draftVersion } = await importRevision(actor, { document, dryRun: true });
  await createRoute(actor, fields("/late"));
  await assert.rejects(importRevision(actor, { document, dryRun: false, draftVersion }), code("conflict"));
  await assert.rejects(importRevision(actor, { document, dryRun: false }), code("invalid_input"));
  const viewer = await plane.member(actor, "support");
  await assert.rejects(importRevision(viewer, { document, dryRun: true }), code("forbidden"));
});
