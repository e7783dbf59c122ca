import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { createRoute, saveRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { publish, rollBack } from "./commands.ts";
import { getChanges, getRevision, listChanges, listRevisions } from "./queries.ts";

const hello = routeFieldsSchema.parse({
  method: "GET",
  path: "/hello",
  target: { type: "function", function: "hello" },
});

let plane: ControlPlane;
let actor: TenantActor;
before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("acme"));
});
after(() => plane.close());

const code = (expected: string) => (error: unknown) =>
  error instanceof DomainError && error.code === expected;
const version = async () => (await getChanges(actor, undefined)).draftVersion;

test("a draft becomes revision 1, is live, and then has nothing left to publish", async () => {
  await createRoute(actor, hello);
  const changes = await getChanges(actor, undefined);
  assert.deepEqual(changes.counts, { total: 1, added: 1, changed: 0, removed: 0 });
  const { data: listed } = await listChanges(actor, { from: "live", to: "draft", limit: 25 });
  assert.deepEqual(
    listed.map((change) => [change.kind, change.path]),
    [["added", "/hello"]],
  );
  const revision = await publish(actor, { draftVersion: changes.draftVersion, note: "first" });
  assert.equal(revision.number, 1);
  assert.equal(revision.live, true);
  assert.equal((await getChanges(actor, undefined)).counts.total, 0);
  await assert.rejects(publish(actor, { draftVersion: await version(), note: "" }), code("conflict"));
});

test("saving what was not changed leaves version, draft and document as they are", async () => {
  const route = await createRoute(actor, { ...hello, path: "/still" });
  const before = await version();
  const same = await saveRoute(actor, {
    id: route.id,
    version: route.version,
    fields: { ...hello, path: "/still" },
  });
  assert.deepEqual(same, route);
  assert.equal(await version(), before);
});

test("a stale edit is refused and names the current version", async () => {
  const route = await createRoute(actor, { ...hello, path: "/stale" });
  const fields = { ...hello, path: "/stale", name: "mine" };
  await saveRoute(actor, { id: route.id, version: route.version, fields });
  await assert.rejects(
    saveRoute(actor, { id: route.id, version: route.version, fields: { ...fields, name: "theirs" } }),
    (error: DomainError) => error.code === "conflict" && /version is 2/.test(error.details[0]?.message ?? ""),
  );
});

test("publishing a draft that somebody changed after the review is refused", async () => {
  const reviewed = await version();
  await createRoute(actor, { ...hello, path: "/late" });
  await assert.rejects(publish(actor, { draftVersion: reviewed, note: "" }), code("conflict"));
});

test("of two publishers at the same moment exactly one wins", async () => {
  const { actor: other } = await plane.tenant("race");
  await createRoute(other, hello);
  const { draftVersion } = await getChanges(other, undefined);
  const both = await Promise.allSettled([1, 2].map(() => publish(other, { draftVersion, note: "" })));
  assert.equal(both.filter((result) => result.status === "fulfilled").length, 1);
  assert.equal((await listRevisions(other, { limit: 25 })).data.length, 1);
});

test("whoever reviewed another draft is told what moved since, and by whom", async () => {
  const { actor: owner } = await plane.tenant("moved");
  const admin = await plane.member(owner, "admin");
  await createRoute(owner, hello);
  const { draftVersion } = await getChanges(owner, undefined);
  await createRoute(admin, { ...hello, path: "/late" });
  await assert.rejects(publish(owner, { draftVersion, note: "" }), (error: DomainError) => {
    assert.ok(error.message.startsWith(admin.email));
    assert.equal(error.details.length, 2);
    assert.match(error.details[1]?.message ?? "", /added GET \/late at/);
    return error.code === "conflict";
  });
});

test("publishing over what somebody else made live during the review is refused", async () => {
  const { actor: owner } = await plane.tenant("overtaken");
  const admin = await plane.member(owner, "admin");
  await createRoute(owner, hello);
  const first = await getChanges(owner, undefined);
  await publish(admin, { ...first, note: "" });
  await createRoute(owner, { ...hello, path: "/more" });
  await publish(admin, { ...(await getChanges(owner, undefined)), note: "" });
  await createRoute(owner, { ...hello, path: "/most" });
  const seen = await getChanges(owner, undefined);
  await rollBack(admin, { number: 1, note: "", liveRevision: 2 });
  await assert.rejects(publish(owner, { ...seen, note: "" }), (error: DomainError) => {
    assert.match(error.message, /^r3 is live by now: .* rolled back to r1/);
    return error.code === "conflict";
  });
  await assert.rejects(rollBack(owner, { number: 2, note: "", liveRevision: 2 }), code("conflict"));
});

test("two routes that match the same requests cannot be published, and nothing changes", async () => {
  const { actor: other } = await plane.tenant("twice");
  await createRoute(other, { ...hello, path: "/a/:x" });
  await createRoute(other, { ...hello, path: "/a/{y}" });
  const { draftVersion, problems } = await getChanges(other, undefined);
  assert.equal(problems.length, 2);
  await assert.rejects(publish(other, { draftVersion, note: "" }), code("invalid_input"));
  assert.deepEqual((await listRevisions(other, { limit: 25 })).data, []);
});

test("rolling back publishes the older content again, with the same hash, as a new revision", async () => {
  const { actor: other } = await plane.tenant("back");
  await createRoute(other, hello);
  const first = await publish(other, {
    draftVersion: (await getChanges(other, undefined)).draftVersion,
    note: "",
  });
  await createRoute(other, { ...hello, path: "/more" });
  await publish(other, { draftVersion: (await getChanges(other, undefined)).draftVersion, note: "" });
  const again = await rollBack(other, { number: 1, note: "undo" });
  assert.deepEqual([again.number, again.hash, again.rolledBackFrom], [3, first.hash, 1]);
  assert.equal((await getRevision(other, { number: 3 })).content.routes.length, 1);
});

test("a viewer cannot publish, a stranger's revision is not found", async () => {
  const viewer = await plane.member(actor, "viewer");
  await assert.rejects(publish(viewer, { draftVersion: 1, note: "" }), code("forbidden"));
  const { actor: stranger } = await plane.tenant("stranger");
  await assert.rejects(getRevision(stranger, { number: 1 }), code("not_found"));
});
