import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { withTenant } from "#lib/db/scope.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { createTenant, renameTenant } from "./commands.ts";
import { enterTenant, listMyTenants } from "./queries.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

test("whoever makes a tenant owns it; it starts with an empty draft and one audit entry", async () => {
  const { actor } = await plane.tenant("begins");
  assert.equal(actor.tenant.role, "owner");
  await withTenant(actor, async (tx) => {
    assert.equal(await tx.draft.count(), 1);
    assert.equal(await tx.draftRoute.count(), 0);
    assert.deepEqual(
      (await tx.auditEntry.findMany()).map((entry) => entry.action),
      ["tenant.create"],
    );
  });
});

test("a slug is given once, even to two who ask at the same moment", async () => {
  const people = await Promise.all([plane.person(), plane.person(), plane.person()]);
  const made = await Promise.allSettled(
    people.map((person) => createTenant(person, { slug: "contested", name: "C" })),
  );
  assert.equal(made.filter((one) => one.status === "fulfilled").length, 1);
  for (const one of made) if (one.status === "rejected") assert.equal(one.reason.code, "conflict");
});

test("the list holds one's own tenants by slug, page by page, and the search narrows it", async () => {
  const person = await plane.person();
  await plane.tenant("not-mine");
  for (const slug of ["list-c", "list-a", "list-b"])
    await createTenant(person, { slug, name: `Name of ${slug}` });
  const slugs: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listMyTenants(person, { limit: 2, cursor });
    slugs.push(...page.data.map((tenant) => tenant.slug));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.deepEqual(slugs, ["list-a", "list-b", "list-c"]);
  const found = await listMyTenants(person, { limit: 25, q: "OF LIST-B" });
  assert.deepEqual(
    found.data.map((tenant) => tenant.slug),
    ["list-b"],
  );
});

test("a deleted tenant is found by nobody, its owner included", async () => {
  const { owner, actor } = await plane.tenant("gone");
  await withTenant(actor, (tx) =>
    tx.tenant.updateMany({ where: { id: actor.tenant.id }, data: { deletedAt: new Date() } }),
  );
  await assert.rejects(enterTenant(owner, "gone"), { code: "not_found" });
  assert.deepEqual((await listMyTenants(owner, { limit: 25 })).data, []);
});

test("renaming is in the audit log; renaming to the same name changes nothing", async () => {
  const { actor } = await plane.tenant("renamed");
  await renameTenant(actor, { name: "Before" });
  await renameTenant(actor, { name: "Before" });
  const entries = await withTenant(actor, (tx) =>
    tx.auditEntry.findMany({ where: { action: "tenant.rename" } }),
  );
  assert.equal(entries.length, 1);
  assert.deepEqual(entries[0]?.after, { name: "Before" });
});
