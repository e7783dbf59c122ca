import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { withTenant } from "#lib/db/scope.ts";
import { createRoute, deleteRoute, saveRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { publish } from "./commands.ts";
import { loadDraft, loadRevision } from "./loaded.ts";
import { getChanges } from "./queries.ts";

const fields = (path: string, name = "") =>
  routeFieldsSchema.parse({ method: "GET", path, name, target: { type: "function", function: "hello" } });

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const draftOf = (actor: TenantActor) => withTenant(actor, (tx) => loadDraft(tx, actor.tenant.id));
const named = async (actor: TenantActor) =>
  (await draftOf(actor)).routes.map(({ path, name }) => `${path} ${name}`.trim());

test("every edit is seen at once, and what did not change is not read again", async () => {
  const { actor } = await plane.tenant("loaded-edits");
  const a = await createRoute(actor, fields("/a"));
  const b = await createRoute(actor, fields("/b"));
  const first = await draftOf(actor);
  assert.equal(await draftOf(actor), first);
  await saveRoute(actor, { id: b.id, version: b.version, fields: fields("/b", "edited") });
  const second = await draftOf(actor);
  assert.equal(second.byId.get(a.id), first.byId.get(a.id));
  assert.deepEqual(await named(actor), ["/a", "/b edited"]);
  await deleteRoute(actor, { id: a.id });
  assert.deepEqual(await named(actor), ["/b edited"]);
});

test("what a transaction wrote and took back is not remembered", async () => {
  const { actor } = await plane.tenant("loaded-rollback");
  const route = await createRoute(actor, fields("/kept"));
  await draftOf(actor);
  const abandoned = withTenant(actor, async (tx) => {
    await tx.draft.update({ where: { tenantId: actor.tenant.id }, data: { version: { increment: 1 } } });
    await tx.draftRoute.updateMany({
      where: { tenantId: actor.tenant.id, id: route.id },
      data: { version: { increment: 1 }, document: fields("/kept", "abandoned") },
    });
    assert.equal((await loadDraft(tx, actor.tenant.id)).byId.get(route.id)?.name, "abandoned");
    throw new Error("changed my mind");
  });
  await assert.rejects(abandoned, /changed my mind/);
  assert.deepEqual(await named(actor), ["/kept"]);
  await saveRoute(actor, { id: route.id, version: route.version, fields: fields("/kept", "meant") });
  assert.deepEqual(await named(actor), ["/kept meant"]);
});

test("another tenant's draft and revisions are empty, also when they are in memory", async () => {
  const { actor } = await plane.tenant("loaded-mine");
  const { actor: stranger } = await plane.tenant("loaded-stranger");
  await createRoute(actor, fields("/mine"));
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
  assert.equal((await draftOf(actor)).routes.length, 1);
  const own = await withTenant(actor, (tx) => loadRevision(tx, actor.tenant.id, 1));
  assert.deepEqual([own.version, own.routes.length], [1, 1]);
  const seen = await withTenant(stranger, async (tx) => [
    await loadDraft(tx, actor.tenant.id),
    await loadRevision(tx, actor.tenant.id, 1),
  ]);
  assert.deepEqual(
    seen.map(({ version, routes }) => [version, routes.length]),
    [
      [0, 0],
      [0, 0],
    ],
  );
});
