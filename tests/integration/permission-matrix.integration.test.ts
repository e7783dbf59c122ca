import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { z } from "zod";
import type { Actor, TenantActor } from "#lib/access/actor.ts";
import { ROLES, type Role, roleCan } from "#lib/access/permissions.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import type { Endpoint } from "#lib/api/endpoint.ts";
import { endpoints } from "#lib/api/endpoints/index.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { mintToken, revokeToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { routeFixture, seedObjects, type TenantObjects } from "#tests/harness/tenant-objects.ts";

const ORIGIN = "http://127.0.0.1:3000";

let plane: ControlPlane;
let own: TenantObjects;
let other: TenantObjects;
const tokens = {} as Record<Role | "stranger" | "expired" | "revoked" | "disabled" | "otherTenant", string>;

const mint = async (actor: Actor, tenantId: string | null = null) =>
  mintToken(actor, { name: "matrix", expiresInDays: 1, tenantId });

before(async () => {
  plane = await controlPlane();
  own = await seedObjects(plane, "own");
  other = await seedObjects(plane, "other");
  for (const role of ROLES) {
    const member: TenantActor = role === "owner" ? own.actor : await plane.member(own.actor, role);
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
});
after(() => plane.close());

/** Fills a path's parameters with objects that exist in the given tenant. */
function pathOf(endpoint: Endpoint, tenant: string, objects: TenantObjects): string {
  return endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "tenant") return tenant;
    if (name === "number") return "1";
    const noun = endpoint.path.split("/").at(endpoint.path.startsWith("/me") ? 2 : 3) as string;
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
  if (path.endsWith("/keys/{id}")) return { name: "renamed", version: 1 };
  if (path.endsWith("/keys/lookup")) return { sha256: "0".repeat(64) };
  if (/\/(rotate|grace)$/.test(path)) return { graceSeconds: 60 };
  return { reason: "because" };
}

const title = (endpoint: Endpoint) => `${endpoint.method} ${endpoint.path}`;
const closed = endpoints.filter((endpoint) => endpoint.access.kind !== "public");
const tenantEndpoints = endpoints.filter((endpoint) => endpoint.access.kind === "tenant");
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
    const token = tokens.owner;
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
      const { status } = await send(endpoint, `${path}?${query}`, { token: tokens.owner });
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
        const { status, json } = await send(endpoint, path, { token: tokens.owner, body: { [name]: value } });
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
    const get = (query: string) => send(endpoint, `${path}?${query}`, { token: tokens.owner });
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
