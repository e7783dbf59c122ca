import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantPerson } from "#lib/access/actor.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { CHAIN_START, checkLinks, type LinkedEntry } from "#lib/audit/chain.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { env } from "#lib/env.ts";
import { mintKey, revokeKey } from "#lib/keys/commands.ts";
import { createRoute, deleteRoute } from "#lib/routes/commands.ts";
import { signIn } from "#lib/sign-in/commands.ts";
import { renameTenant } from "#lib/tenants/commands.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { checkChain, exportAudit, getAuditChoices, getAuditEntry, listAudit } from "./queries.ts";
import type { AuditEntry, AuditFilters } from "./schema.ts";

let plane: ControlPlane;
let owner: TenantPerson;
let admin: TenantPerson;
let other: TenantPerson;
let routeId: string;

const sql = (text: string, values: unknown[] = []) =>
  withClient(plane.database.superuserUrl, (client) => client.query(text, values));
const list = async (filters: AuditFilters = {}, actor = owner) =>
  (await listAudit(actor, { ...filters, limit: 100 })).data;
const actions = (entries: readonly AuditEntry[]) => entries.map(({ action }) => action);
const code = (error: unknown) => (error as { code?: string }).code;

before(async () => {
  plane = await controlPlane();
  ({ actor: owner } = await plane.tenant("acme"));
  ({ actor: other } = await plane.tenant("globex"));
  admin = await plane.member(owner, "admin");
  const fields = (path: string) =>
    routeFieldsSchema.parse({ method: "GET", path, target: { type: "function", function: "f" } });
  ({ id: routeId } = await createRoute(owner, fields("/orders")));
  await createRoute(other, fields("/theirs"));
  const key = await mintKey(
    { ...admin, requestId: "request-of-the-mint", ip: "192.0.2.7" },
    { name: "=HYPERLINK(1)", description: "", authorizedRequests: null, expiresAt: null },
  );
  await revokeKey(admin, { id: key.id, reason: 'said "no",\nthen left' });
  await deleteRoute(owner, { id: routeId });
});
after(() => plane?.close());

test("the log is read newest first, in pages that miss and repeat nothing, numbered by the chain", async () => {
  const all = await list();
  assert.deepEqual(actions(all), ["route.delete", "key.revoke", "key.mint", "route.create", "tenant.create"]);
  assert.deepEqual(
    all.map(({ seq }) => seq),
    [5, 4, 3, 2, 1],
  );
  const paged: AuditEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit(owner, { limit: 2, cursor });
    paged.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.deepEqual(paged, all);
  assert.equal(all[0]?.target.name, "GET /orders");
});

test("everything given must hold: actor, action or kind, target, request, time, support", async () => {
  assert.deepEqual(actions(await list({ actor: admin.email })), ["key.revoke", "key.mint"]);
  assert.deepEqual(actions(await list({ actor: admin.email.slice(0, 30), action: "key.mint" })), [
    "key.mint",
  ]);
  assert.deepEqual(actions(await list({ action: "route" })), ["route.delete", "route.create"]);
  assert.deepEqual(await list({ action: "rout" }), []);
  assert.deepEqual(actions(await list({ target: routeId })), ["route.delete", "route.create"]);
  assert.deepEqual(actions(await list({ request: "request-of-the-mint" })), ["key.mint"]);
  assert.deepEqual(await list({ support: "1" }), []);
  const [newest, , third] = await list();
  assert.deepEqual(actions(await list({ from: newest?.at })), ["route.delete"]);
  assert.ok(!actions(await list({ to: third?.at })).includes("key.mint"));
});

test("a search finds the beginning of an actor, an exact ID or address, and words of an action; each entry once", async () => {
  assert.deepEqual(actions(await list({ q: admin.email.slice(0, 20) })).slice(0, 2), [
    "key.revoke",
    "key.mint",
  ]);
  assert.deepEqual(actions(await list({ q: routeId })), ["route.delete", "route.create"]);
  assert.deepEqual(actions(await list({ q: "request-of-the-mint" })), ["key.mint"]);
  assert.deepEqual(actions(await list({ q: "192.0.2.7" })), ["key.mint"]);
  assert.deepEqual(actions(await list({ q: "revoked key" })), ["key.revoke"]);
  assert.deepEqual(actions(await list({ q: "key", actor: admin.email })), ["key.revoke", "key.mint"]);
  for (const q of ["%", "_", "'; DROP TABLE users; --", "\u{10FFFF}", "\\"])
    assert.deepEqual(await list({ q }), []);
});

test("a search misses nobody, however many have the same beginning of a name", async () => {
  const { actor } = await plane.tenant("crowd");
  await sql(
    `INSERT INTO audit_entries (id, tenant_id, actor_type, actor_label, action, target_type, target_id, request_id)
     SELECT gen_random_uuid(), $1, 'user', 'crowd-' || n || '@people.example', 'crowd.' || n % 7, 'route', n::text, 'q'
     FROM generate_series(1, 70) n`,
    [actor.tenant.id],
  );
  const found = async (filters: AuditFilters) => (await list(filters, actor)).length;
  assert.equal(await found({ q: "crowd-" }), 70);
  assert.equal(await found({ actor: "crowd-" }), 70);
  assert.equal(await found({ actor: "crowd-1" }), 11);
  assert.equal(await found({ actor: "crowd-1", action: "crowd", q: "crowd-1" }), 11);
  assert.equal(await found({ actor: "crowd-", action: "crowd", q: "crowd" }), 70);
  assert.equal(await found({ actor: "crowd-", action: "crowd", q: "nobody" }), 0);
});

test("an entry tells which access token was used, by its ID: two may have one name", async () => {
  const { actor } = await plane.tenant("with-tokens");
  const made: string[] = [];
  for (let n = 1; n <= 2; n++) {
    const { id } = await mintToken(actor, { name: "deploy", expiresInDays: 1, tenantId: actor.tenant.id });
    const proof = {
      type: "token",
      tokenId: id,
      name: "deploy",
      tenantId: actor.tenant.id,
      permissions: null,
    } as const;
    await renameTenant({ ...actor, proof }, { name: `Named by ${n}` });
    made.push(id);
  }
  const renames = await list({ action: "tenant.rename" }, actor);
  assert.deepEqual(
    renames.map(({ actor: who }) => [who.tokenId, who.id, who.label]),
    made.toReversed().map((id) => [id, actor.userId, `${actor.email} (access token deploy)`]),
  );
  for (const id of made) {
    assert.deepEqual(
      actions(await list({ q: id }, actor)),
      ["tenant.rename", "token.mint"],
      "its own and nothing else",
    );
  }
  assert.ok(
    (await list({ action: "token.mint" }, actor)).every(({ actor: who }) => who.tokenId === null),
    "in person",
  );
});

test("nobody reads another tenant's log, nor one of their own without the permission", async () => {
  const theirs = await list({}, other);
  assert.deepEqual(actions(theirs), ["route.create", "tenant.create"]);
  await assert.rejects(
    getAuditEntry(owner, { id: theirs[0]?.id as string }),
    (error) => code(error) === "not_found",
  );
  for (const role of ["developer", "support", "viewer"] as const) {
    const member = await plane.member(owner, role);
    for (const read of [
      list({}, member),
      getAuditChoices(member, undefined),
      checkChain(member, { after: 0 }),
    ]) {
      await assert.rejects(read, (error) => code(error) === "forbidden", role);
    }
    await assert.rejects(exportAudit(member, { format: "csv" }), (error) => code(error) === "forbidden");
  }
});

test("an entry is read with what was before and after, and its hash", async () => {
  const [deleted] = await list({ action: "route.delete" });
  const entry = await getAuditEntry(owner, { id: deleted?.id as string });
  assert.equal((entry.before as { path: string }).path, "/orders");
  assert.equal(entry.after, null);
  assert.match(entry.hash ?? "", /^[0-9a-f]{64}$/);
});

test("what there is to choose from is what the log holds", async () => {
  const { actions: found, actors } = await getAuditChoices(owner, undefined);
  assert.deepEqual(found, [...new Set(actions(await list()))].sort());
  assert.deepEqual(actors, [owner.email, admin.email].sort());
});

/** The text that the endpoint gives for an owner's token, and its headers. */
async function download(query: string, who = owner) {
  const { token } = await mintToken(who, { name: "t", expiresInDays: 1, tenantId: null });
  const response = await dispatch(
    new Request(`http://127.0.0.1:3000/api/v1/tenants/acme/audit/export?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    }),
  );
  return { response, text: () => response.text() };
}

test("an export as JSON Lines holds all that is needed to recompute the chain, and is itself written down", async () => {
  const { response, text } = await download("format=jsonl");
  assert.equal(response.status, 200);
  assert.match(
    response.headers.get("content-disposition") ?? "",
    /^attachment; filename="acme-audit-\d{4}-\d\d-\d\d\.jsonl"$/,
  );
  const rows = (await text())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const links = rows.map(
    ({ id, tenantId, hash, at, ...row }): LinkedEntry => ({
      ...row,
      id,
      entryId: id,
      chain: tenantId,
      at: new Date(at),
      hash: Buffer.from(hash, "hex"),
    }),
  );
  const { end, flaw } = checkLinks("tenant", CHAIN_START, links);
  assert.equal(flaw, null);
  assert.equal(end.seq, rows.length);
  const [written] = await list({ action: "audit.export" });
  assert.equal(written?.seq, rows.length + 1);
  const { after: what } = await getAuditEntry(owner, { id: written?.id as string });
  assert.deepEqual(what, { format: "jsonl", filters: {} });
});

test("another site's page cannot have an export made, and written down, by somebody who is signed in", async () => {
  const { actor } = await plane.tenant("lured");
  const [password = ""] = actor.email.split("@");
  const { sessionId } = await signIn(
    { email: actor.email, password },
    { ip: "192.0.2.1", userAgent: "test" },
  );
  const at = browser();
  await at.carry(sessionId);
  for (const [site, status] of [
    ["cross-site", 403],
    ["same-site", 403],
    ["none", 200],
    ["same-origin", 200],
  ] as const) {
    const headers = at.headers();
    headers.set("sec-fetch-site", site);
    const url = `${env.consoleUrl}/api/v1/tenants/lured/audit/export?format=csv`;
    const response = await dispatch(new Request(url, { headers }));
    assert.equal(response.status, status, site);
    await response.body?.cancel();
  }
  assert.equal((await list({ action: "audit.export" }, actor)).length, 2);
});

test("an export as CSV is of the filter, quoted, and runs nothing in a spreadsheet", async () => {
  const { response, text } = await download("format=csv&action=key");
  assert.match(response.headers.get("content-type") ?? "", /^text\/csv; charset=utf-8/);
  const csv = await text();
  assert.match(csv, /^seq,at,actorType,/);
  assert.match(csv, /"said ""no"",\nthen left"/);
  assert.equal(csv.split("\r\n").length, 4, "a head, two entries, and the end of the last line");
  for (const refused of ["format=xml", "", "format=csv&nope=1", "format=csv&from=yesterday"]) {
    assert.equal((await download(refused)).response.status, 422, refused);
  }
});

test("an export of many batches is whole, also while entries are added, and ends for somebody removed meanwhile", async () => {
  await sql(
    `INSERT INTO audit_entries (id, tenant_id, at, actor_type, actor_label, action, target_type, target_id, request_id)
     SELECT gen_random_uuid(), $1, now() - n * interval '1 s' - interval '1 day', 'user', 'many', 'many.made', 'route',
       n::text, 'q' FROM generate_series(1, 2500) n`,
    [owner.tenant.id],
  );
  const parts: string[] = [];
  for await (const part of await exportAudit(owner, { format: "jsonl" })) {
    parts.push(part);
    await renameTenant(owner, { name: `renamed ${parts.length}` });
  }
  const lines = parts.join("").split("\n").filter(Boolean);
  const ids = lines.map((line) => JSON.parse(line).id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(!parts.join("").includes("tenant.rename"), "it ends where it was asked for");
  assert.equal(ids.filter((_, at) => JSON.parse(lines[at] as string).action === "many.made").length, 2_500);

  const leaving = await plane.member(owner, "admin");
  const text = await exportAudit(leaving, { format: "jsonl" });
  await text.next();
  await sql("DELETE FROM memberships WHERE user_id = $1", [leaving.userId]);
  await assert.rejects(text.next(), (error) => code(error) === "not_found");
});

test("the chain is recomputed in parts, and what is wrong is named", async () => {
  const parts = [];
  let after = 0;
  for (;;) {
    const part = await checkChain(owner, { after });
    parts.push(part);
    after = part.verifiedTo;
    if (part.done) break;
  }
  assert.equal(parts.length, 2);
  assert.deepEqual(
    parts.map(({ flaw }) => flaw),
    [null, null],
  );
  assert.equal(after, parts.at(-1)?.end);
  await withClient(plane.database.superuserUrl, async (client) => {
    await client.query("SET session_replication_role = replica");
    await client.query(
      "UPDATE audit_entries SET reason = 'another' WHERE id = (SELECT entry_id FROM audit_links WHERE tenant_id = $1 AND seq = 3)",
      [owner.tenant.id],
    );
  });
  const { flaw, done } = await checkChain(owner, { after: 0 });
  assert.deepEqual([flaw?.seq, flaw?.what, done], [3, "is not what was written", true]);
  // A number that there is not begins at the beginning, rather than saying that all is well.
  assert.equal((await checkChain(owner, { after: 999_999 })).flaw?.seq, 3);
});

test("JSON that PostgreSQL keeps and cannot take apart is read and exported like any other", async () => {
  const id = uuidv7();
  await sql(
    `INSERT INTO audit_entries (id, tenant_id, actor_type, actor_label, action, target_type, target_id, after, request_id)
     VALUES ($1, $2, 'user', 'odd', 'odd.made', 'route', 'r', '{"name":"nul\\u0000 and \\ud800"}', 'q')`,
    [id, owner.tenant.id],
  );
  assert.equal((await getAuditEntry(owner, { id })).target.name, "nul\u0000 and \ud800");
  let text = "";
  for await (const part of await exportAudit(owner, { format: "csv", actor: "odd" })) text += part;
  assert.match(text, /odd\.made/);
});
