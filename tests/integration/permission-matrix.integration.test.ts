import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type pg from "pg";
import { z } from "zod";
import type { PersonActor, TenantPerson } from "#lib/access/actor.ts";
import { type MemberRole, ROLES, roleCan, SUPPORT_ROLES, type SupportRole } from "#lib/access/permissions.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import type { Endpoint } from "#lib/api/endpoint.ts";
import { endpoints } from "#lib/api/endpoints/index.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { leaveSupportSession, startSupportSession } from "#lib/support/commands.ts";
import { mintToken, revokeToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { routeFixture, seedObjects, type TenantObjects } from "#tests/harness/tenant-objects.ts";

const ORIGIN = "http://127.0.0.1:3000";

let plane: ControlPlane;
let own: TenantObjects;
let other: TenantObjects;
const tokens = {} as Record<
  | MemberRole
  | SupportRole
  | "stranger"
  | "expired"
  | "revoked"
  | "disabled"
  | "otherTenant"
  | "operator"
  | "operatorBound"
  | "operatorOnceInside",
  string
>;

const mint = async (actor: PersonActor, tenantId: string | null = null) =>
  mintToken(actor, { name: "matrix", expiresInDays: 1, tenantId });

before(async () => {
  plane = await controlPlane();
  own = await seedObjects(plane, "own");
  other = await seedObjects(plane, "other");
  for (const role of ROLES) {
    const member: TenantPerson = role === "owner" ? own.actor : await plane.member(own.actor, role);
    tokens[role] = (await mint(member)).token;
  }
  const disabled = await plane.member(own.actor, "owner");
  tokens.disabled = (await mint(disabled)).token;
  await database().user.update({ where: { id: disabled.userId }, data: { disabledAt: new Date() } });
  tokens.stranger = (await mint(other.actor)).token;
  tokens.otherTenant = (await mint(own.actor, own.actor.tenant.id)).token;
  const revoked = await mint(own.actor);
  await revokeToken(own.actor, { id: revoked.id, tenantId: null });
  tokens.revoked = revoked.token;
  const expired = await mint(own.actor);
  await withUser(own.actor.userId, (tx) =>
    tx.accessToken.updateMany({
      where: { id: expired.id },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    }),
  );
  tokens.expired = expired.token;
  const outside = await plane.operator();
  tokens.operator = (await mint(outside)).token;
  tokens.operatorBound = (await mint(outside, own.actor.tenant.id)).token;
  const enter = async (mode: "read" | "requeue") => {
    const operator = await plane.operator();
    const session = await startSupportSession(operator, { tenant: "own", mode, reason: "r", minutes: 60 });
    return { operator, session, token: (await mint(operator)).token };
  };
  tokens["operator-read"] = (await enter("read")).token;
  tokens["operator-requeue"] = (await enter("requeue")).token;
  const left = await enter("requeue");
  await leaveSupportSession(left.operator, { id: left.session.id });
  tokens.operatorOnceInside = left.token;
  await asSuperuser((client) =>
    client.query(
      `INSERT INTO dead_letter_groups
         (tenant_id, fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen)
       VALUES ($1, 'f', 'Error', 'no', 1, 1, now(), now()) ON CONFLICT DO NOTHING`,
      [own.actor.tenant.id],
    ),
  );
});
after(() => plane.close());

const asSuperuser = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withClient(plane.database.superuserUrl, work);

/** Somebody who may call the endpoint, whatever it is. */
const callerOf = ({ access }: Endpoint): string =>
  access.kind === "operator" ? tokens.operator : tokens.owner;

/** Fills a path's parameters with objects that exist in the given tenant. */
function pathOf(endpoint: Endpoint, tenant: string, objects: TenantObjects): string {
  return endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "tenant" || name === "slug") return tenant;
    if (name === "fingerprint") return "f";
    if (name === "number") return "1";
    const noun = endpoint.path.split("/").at(/^\/(me|support)\//.test(endpoint.path) ? 2 : 3) as string;
    const id = objects.ids[noun];
    assert.ok(id, `the matrix has no ${noun} to put into ${endpoint.path}: add one to seedObjects`);
    return id;
  });
}

type Sent = { token?: string | undefined; body?: unknown; raw?: string; headers?: Record<string, string> };

async function send(endpoint: Endpoint, path: string, { token, body, raw, headers }: Sent) {
  const hasBody = endpoint.method !== "GET" && endpoint.method !== "DELETE";
  const response = await dispatch(
    new Request(`${ORIGIN}/api/v1${path}`, {
      method: endpoint.method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(hasBody ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      ...(hasBody ? { body: raw ?? JSON.stringify(body === undefined ? {} : body) } : {}),
    }),
  );
  const text = await response.text();
  const json = text === "" ? null : JSON.parse(text);
  assert.ok(response.headers.get("x-request-id"), "every answer carries a request ID");
  if (response.status >= 400) {
    assert.equal(typeof json.error.code, "string");
    assert.equal(json.error.requestId, response.headers.get("x-request-id"));
  }
  assert.notEqual(response.status, 500, `${endpoint.method} ${path}: ${text}`);
  return { status: response.status, json, headers: response.headers };
}

/** A body that the endpoint would take, so that only the object's owner can be what stops it. */
function validBody({ path }: Endpoint): unknown {
  if (path.endsWith("/routes/{id}")) return { ...routeFixture, version: 1 };
  if (path.endsWith("/issuers/{id}")) return { name: "renamed", version: 1 };
  if (path.endsWith("/issuers/{id}/check")) return {};
  if (/\/(webhooks|alert-rules)\/\{id\}$/.test(path)) return { version: 1 };
  if (path.endsWith("/webhooks/{id}/rotate")) return { overlapHours: 1 };
  if (/\/(test|redeliver|acknowledge)$/.test(path)) return {};
  if (path.endsWith("/alerts/{id}/snooze")) return { minutes: 60 };
  if (path.endsWith("/job-views/{id}")) return { name: "renamed" };
  if (path.endsWith("/members/{id}")) return { role: "viewer" };
  if (/\/(invitations\/|members\/\{id\}\/hand-over$|members\/leave$)/.test(path)) return {};
  if (path.endsWith("/keys/{id}")) return { name: "renamed", version: 1 };
  if (path.endsWith("/keys/lookup")) return { sha256: "0".repeat(64) };
  if (/\/(rotate|grace)$/.test(path)) return { graceSeconds: 60 };
  if (path.includes("/support-sessions/")) return {};
  if (path.endsWith("/support-access")) return { allowed: true };
  return { reason: "because" };
}

const title = (endpoint: Endpoint) => `${endpoint.method} ${endpoint.path}`;
const closed = endpoints.filter((endpoint) => endpoint.access.kind !== "public");
const tenantEndpoints = endpoints.filter((endpoint) => endpoint.access.kind === "tenant");
const operatorEndpoints = endpoints.filter((endpoint) => endpoint.access.kind === "operator");
/** What makes a field go wrong in every kind of schema that there is. */
const HOSTILE_BODIES: unknown[] = [
  { unknownField: 1 },
  { __proto__: null, constructor: { prototype: {} } },
  [],
  "text",
  7,
  null,
  {
    name: "a".repeat(100_000),
    slug: "a".repeat(100_000),
    reason: "a".repeat(100_000),
    note: "a".repeat(100_000),
  },
  { name: "nul\u0000byte", slug: "nul\u0000", reason: "nul\u0000byte", note: "nul\u0000byte" },
  {
    name: { nested: [] },
    version: "one",
    draftVersion: "x",
    reason: 5,
    note: [],
    method: 1,
    path: [],
    target: "x",
  },
];

for (const endpoint of closed) {
  test(`${title(endpoint)} is 401 without, with expired, revoked, disabled, malformed and swapped credentials`, async () => {
    const path = pathOf(endpoint, "own", own);
    const malformed = ["x", `${tokens.owner}x`, tokens.owner.replace("ght_", "gh_"), "a".repeat(10_000)];
    for (const token of [undefined, tokens.expired, tokens.revoked, tokens.disabled, ...malformed]) {
      assert.equal((await send(endpoint, path, { token })).status, 401);
    }
  });
}

for (const endpoint of operatorEndpoints) {
  test(`${title(endpoint)} is let in for an operator, and 404 for every member and a bound token`, async () => {
    const body = { unknownField: 1 };
    const path = pathOf(endpoint, "own", own);
    for (const who of [...ROLES, "stranger", "otherTenant", "operatorBound"] as const) {
      const { status, json } = await send(endpoint, path, { token: tokens[who], body });
      assert.equal(status, 404, who);
      assert.equal(
        json.error.message,
        "There is no such endpoint or object.",
        "as for an address that is none",
      );
    }
    for (const who of ["operator", ...SUPPORT_ROLES] as const) {
      const asked = endpoint.query && "q" in (endpoint.query as z.ZodObject).shape ? `${path}?q=own` : path;
      const { status } = await send(endpoint, asked, { token: tokens[who], body });
      assert.equal(status, endpoint.body || endpoint.method !== "GET" ? 422 : 200, who);
    }
  });
}

for (const endpoint of tenantEndpoints) {
  const { access } = endpoint;
  if (access.kind !== "tenant") continue;

  test(`${title(endpoint)} is 404 for an operator who is not inside, was inside, or is inside another tenant`, async () => {
    const body = validBody(endpoint);
    for (const token of [tokens.operator, tokens.operatorBound, tokens.operatorOnceInside]) {
      assert.equal((await send(endpoint, pathOf(endpoint, "own", own), { token, body })).status, 404);
    }
    for (const role of SUPPORT_ROLES) {
      const elsewhere = pathOf(endpoint, "other", other);
      assert.equal((await send(endpoint, elsewhere, { token: tokens[role], body })).status, 404);
    }
  });

  for (const role of SUPPORT_ROLES) {
    const allowed = roleCan(role, access.permission);
    test(`${title(endpoint)} on a support session, as ${role}, is ${allowed ? "let in" : "403"}`, async () => {
      const path = pathOf(endpoint, "own", own);
      const { status } = await send(endpoint, path, { token: tokens[role], body: { unknownField: 1 } });
      if (allowed) assert.ok(![401, 403, 404].includes(status), String(status));
      else assert.equal(status, 403);
      if (allowed) return;
      // Not only because the body was wrong: nobody gets further with a good one.
      assert.equal(
        (await send(endpoint, path, { token: tokens[role], body: validBody(endpoint) })).status,
        403,
      );
    });
  }
}

/** Every table's content but the times at which tokens were last used. */
async function everything(): Promise<Record<string, string | null>> {
  return asSuperuser(async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND relname <> 'access_tokens'`,
    );
    const content: Record<string, string | null> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ all: string | null }>(
        `SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) AS all FROM "${name}" t`,
      );
      content[name] = rows[0]?.all ?? null;
    }
    return content;
  });
}

test("a read-only support session changes nothing, whatever is asked of it with bodies that are right", async () => {
  const before = await everything();
  for (const endpoint of tenantEndpoints) {
    const path = pathOf(endpoint, "own", own);
    await send(endpoint, path, { token: tokens["operator-read"], body: validBody(endpoint) });
  }
  assert.deepEqual(await everything(), before);
});

for (const endpoint of tenantEndpoints) {
  const { access } = endpoint;
  if (access.kind !== "tenant") continue;

  for (const role of ROLES) {
    const allowed = roleCan(role, access.permission);
    test(`${title(endpoint)} as ${role} is ${allowed ? "let in" : "403"}`, async () => {
      // A hostile body stops an allowed change before it changes what the other cases need.
      const { status } = await send(endpoint, pathOf(endpoint, "own", own), {
        token: tokens[role],
        body: { unknownField: 1 },
      });
      if (allowed)
        assert.ok(![401, 403, 404].includes(status) || endpoint.method === "DELETE", String(status));
      else assert.equal(status, 403);
    });
  }

  test(`${title(endpoint)} is 404 for somebody of another tenant, and for a token bound to another`, async () => {
    assert.equal(
      (await send(endpoint, pathOf(endpoint, "own", own), { token: tokens.stranger })).status,
      404,
    );
    const elsewhere = pathOf(endpoint, "other", other);
    assert.equal((await send(endpoint, elsewhere, { token: tokens.otherTenant })).status, 404);
    assert.equal(
      (await send(endpoint, pathOf(endpoint, "no-such", own), { token: tokens.owner })).status,
      404,
    );
  });

  if (endpoint.path.includes("id}")) {
    test(`${title(endpoint)} does not find another tenant's object under one's own tenant`, async () => {
      const path = pathOf(endpoint, "own", other);
      const body = validBody(endpoint);
      const { status } = await send(endpoint, path, { token: tokens.owner, body });
      // Tokens are made and revoked in person only, so a token is turned away before the object is looked for.
      assert.equal(status, endpoint.path.includes("/tokens/") ? 403 : 404);
      const missing = path.replace(other.ids[path.split("/")[3] as string] as string, uuidv7());
      assert.equal((await send(endpoint, missing, { token: tokens.owner, body })).status, status);
    });
  }
}

for (const endpoint of closed.filter(
  (each) => each.method === "POST" || each.method === "PUT" || each.method === "PATCH",
)) {
  test(`${title(endpoint)} answers malformed bodies with a 4xx in the envelope and never 500`, async () => {
    const path = pathOf(endpoint, "own", own);
    const token = callerOf(endpoint);
    assert.equal((await send(endpoint, path, { token, raw: '{"a":' })).status, 400);
    assert.equal((await send(endpoint, path, { token, raw: "\ud800" })).status, 400);
    const text = { "content-type": "text/plain" };
    assert.equal((await send(endpoint, path, { token, raw: "{}", headers: text })).status, 415);
    const huge = `{"a":"${"x".repeat(17 * 1024 * 1024)}"}`;
    assert.equal((await send(endpoint, path, { token, raw: huge })).status, 413);
    for (const body of HOSTILE_BODIES) {
      const { status, json } = await send(endpoint, path, { token, body });
      assert.ok(status >= 400 && status < 500, `${status} for ${JSON.stringify(body)?.slice(0, 80)}`);
      if (status === 422) assert.ok(json.error.details.length > 0, "a 422 says where");
    }
  });
}

for (const endpoint of closed.filter((each) => each.query !== undefined)) {
  test(`${title(endpoint)} answers a hostile query with 422`, async () => {
    const path = pathOf(endpoint, "own", own);
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=x",
      "cursor=%00",
      "cursor=W10",
      "cursor=eyJhIjoxfQ",
      "nope=1",
      "limit=1&limit=2",
      "__proto__=1",
    ]) {
      const { status } = await send(endpoint, `${path}?${query}`, { token: callerOf(endpoint) });
      assert.equal(status, 422, query);
    }
  });
}

type Property = { type?: string; anyOf?: Property[]; maxLength?: number };

/** The names of a schema's members, whether each takes text, and what is too long for it. */
function membersOf(schema: z.ZodType): { name: string; text: boolean; overLong: number }[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const takesText = ({ type, anyOf = [] }: Property): boolean => type === "string" || anyOf.some(takesText);
  const longest = ({ maxLength = 0, anyOf = [] }: Property): number =>
    Math.max(maxLength, ...anyOf.map(longest));
  const typed = Object.entries(properties).filter(([, each]) => Object.keys(each).length > 0); // others take anything
  return typed.map(([name, each]) => ({
    name,
    text: takesText(each as Property),
    overLong: Math.max(100_000, longest(each as Property) + 1),
  }));
}

const refused = (json: { error: { details?: { path: string }[] } }, name: string) =>
  json.error.details?.some(({ path }) => path.split(".")[0] === name);

for (const endpoint of closed) {
  const { body: schema } = endpoint;
  if (!schema || membersOf(schema).length === 0) continue;
  test(`${title(endpoint)} names each field that is over-long, has a NUL byte or is of a wrong type`, async () => {
    const path = pathOf(endpoint, "own", own);
    for (const { name, text, overLong } of membersOf(schema)) {
      const hostile = text
        ? ["nul\u0000byte", "a".repeat(overLong), 7, { nested: [] }]
        : [{ nested: [] }, "\u0000"];
      for (const value of hostile) {
        const { status, json } = await send(endpoint, path, {
          token: callerOf(endpoint),
          body: { [name]: value },
        });
        assert.equal(status, 422);
        assert.ok(refused(json, name), `${name}: ${JSON.stringify(value).slice(0, 40)} was taken`);
      }
    }
  });
}

/** Cursors of every length and kind that lists use, with values that no list gave. */
const FORGED_CURSORS = (() => {
  const values = ["\u0000", "018f0000-0000-7000-8000-000000000000", "2026-01-01T00:00:00.000Z", "9e99"];
  const pairs = values.flatMap((a) => values.map((b) => [a, b]));
  const forged = [
    ...values.map((a) => [a]),
    ...pairs,
    ...pairs.flatMap((pair) => values.map((c) => [...pair, c])),
  ];
  return forged.map((parts) => ({ parts, text: Buffer.from(JSON.stringify(parts)).toString("base64url") }));
})();

for (const endpoint of closed) {
  const { query: schema } = endpoint;
  if (!schema) continue;
  test(`${title(endpoint)} refuses over-long text and NUL bytes in its query, also inside a cursor`, async () => {
    const path = pathOf(endpoint, "own", own);
    const get = (query: string) => send(endpoint, `${path}?${query}`, { token: callerOf(endpoint) });
    for (const { name } of membersOf(schema)) {
      for (const value of ["%00", "a%00b", "x".repeat(10_000)]) {
        const { status, json } = await get(`${name}=${value}`);
        assert.equal(status, 422, `${name}=${value.slice(0, 10)}`);
        assert.ok(refused(json, name), `${name} is named`);
      }
      if (name !== "cursor") continue;
      for (const { parts, text } of FORGED_CURSORS) {
        const { status } = await get(`cursor=${text}`);
        if (parts.includes("\u0000")) assert.equal(status, 422, JSON.stringify(parts));
      }
    }
  });
}

test("an address that is no endpoint is 404, a method that it does not take is 405 with Allow", async () => {
  const get = endpoints[0] as Endpoint;
  assert.equal((await send(get, "/nothing", { token: tokens.owner })).status, 404);
  assert.equal((await send(get, "/tenants/own/routes/not-a-uuid", { token: tokens.owner })).status, 404);
  assert.equal((await send(get, "/tenants/%FF", { token: tokens.owner })).status, 400);
  const wrong = await send({ ...get, method: "DELETE" }, "/tenants/own/routes", { token: tokens.owner });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get("allow"), "GET, POST");
});

test("every endpoint is in the OpenAPI document", async () => {
  const get = endpoints[0] as Endpoint;
  const { json } = await send(get, "/openapi.json", {});
  for (const endpoint of endpoints)
    assert.ok(json.paths[endpoint.path][endpoint.method.toLowerCase()], title(endpoint));
});
