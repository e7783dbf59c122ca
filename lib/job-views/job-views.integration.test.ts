import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { changeView, createView, deleteView } from "./commands.ts";
import { listViews } from "./queries.ts";
import { MAX_VIEWS } from "./schema.ts";

let plane: ControlPlane;
let owner: TenantActor;
let support: TenantActor;
let viewer: TenantActor;

before(async () => {
  plane = await controlPlane();
  owner = (await plane.tenant("acme")).actor;
  support = await plane.member(owner, "support");
  viewer = await plane.member(owner, "viewer");
});
after(() => plane.close());

const names = async (actor: TenantActor) => (await listViews(actor, undefined)).map(({ name }) => name);

test("a view of one's own is seen by nobody else, a shared one by every member and by no other tenant", async () => {
  await createView(support, { name: "Mine", shared: false, filters: { state: "dead" } });
  await createView(support, { name: "Ours", shared: true, filters: { payload: "body.a=1", sort: "oldest" } });
  assert.deepEqual(await names(support), ["Mine", "Ours"]);
  assert.deepEqual(await names(viewer), ["Ours"]);
  const [seen] = await listViews(viewer, undefined);
  assert.deepEqual([seen?.own, seen?.filters], [false, { payload: "body.a=1", sort: "oldest" }]);
  const { actor: stranger } = await plane.tenant("globex");
  assert.deepEqual(await names(stranger), []);
});

test("only who made a view changes it, and owners and admins what is shared; a viewer shares nothing", async () => {
  const forbidden = { code: "forbidden" };
  const shared = await createView(support, { name: "Shared", shared: true, filters: {} });
  const own = await createView(support, { name: "Own", shared: false, filters: {} });
  await assert.rejects(changeView(viewer, { id: shared.id, name: "x" }), forbidden);
  await assert.rejects(deleteView(viewer, { id: shared.id }), forbidden);
  await assert.rejects(changeView(owner, { id: own.id, name: "x" }), { code: "not_found" });
  await assert.rejects(changeView(owner, { id: shared.id, shared: false }), forbidden);
  await assert.rejects(createView(viewer, { name: "v", shared: true, filters: {} }), forbidden);
  const mine = await createView(viewer, { name: "v", shared: false, filters: {} });
  await assert.rejects(changeView(viewer, { id: mine.id, shared: true }), forbidden);
  assert.equal((await changeView(owner, { id: shared.id, name: "Renamed" })).name, "Renamed");
  await deleteView(owner, { id: shared.id });
  await deleteView(support, { id: own.id });
  await assert.rejects(deleteView(support, { id: own.id }), { code: "not_found" });
});

test("a name is taken once among the views that the same people see, and their number ends", async () => {
  const conflict = { code: "conflict" };
  const results = await Promise.allSettled(
    [1, 2, 3].map(() => createView(owner, { name: "Twice", shared: false, filters: {} })),
  );
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
  await assert.rejects(createView(owner, { name: "TWICE", shared: false, filters: {} }), conflict);
  await createView(viewer, { name: "Twice", shared: false, filters: {} });
  for (let n = 1; n < MAX_VIEWS; n++) await createView(owner, { name: `n${n}`, shared: false, filters: {} });
  await assert.rejects(createView(owner, { name: "one more", shared: false, filters: {} }), conflict);
});
