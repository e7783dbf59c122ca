import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { z } from "zod";
import type { Endpoint } from "#lib/api/endpoint.ts";
import { endpoints } from "#lib/api/endpoints/index.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { seedObjects, type TenantObjects } from "#tests/harness/tenant-objects.ts";
import { type Caller, session } from "./permission-matrix-callers.ts";
import { changes, forEachOf, pathOf, send, title } from "./permission-matrix-requests.ts";

let plane: ControlPlane;
let own: TenantObjects;
let owner: Caller;
let operator: Caller;

before(async () => {
  plane = await controlPlane();
  own = await seedObjects(plane, "own");
  owner = await session(own.actor);
  operator = await session(await plane.operator());
});
after(() => plane.close());

/** Asks as somebody who may call the endpoint, whatever it is. */
function asker(endpoint: Endpoint) {
  const path = pathOf(endpoint, "own", own);
  const callers = { public: {}, person: owner, tenant: owner, operator };
  const as = callers[endpoint.access.kind];
  return {
    ask: (body: unknown) => send(endpoint, path, { as, body }),
    askRaw: (raw: string, headers: Record<string, string> = {}) => send(endpoint, path, { as, raw, headers }),
    get: (query: string) => send(endpoint, `${path}?${query}`, { as }),
  };
}

const withBody = endpoints.filter((endpoint) => changes(endpoint) && endpoint.method !== "DELETE");
const USUAL_LIMIT = 1_048_576;
const tooLargeFor = ({ maxBodyBytes = USUAL_LIMIT }: Endpoint) => `{"a":"${"x".repeat(maxBodyBytes)}"}`;

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

for (const endpoint of withBody) {
  test(`${title(endpoint)} answers malformed bodies with a 4xx in the envelope and never 500`, async () => {
    const { ask, askRaw } = asker(endpoint);
    assert.equal((await askRaw('{"a":')).status, 400);
    assert.equal((await askRaw("\ud800")).status, 400);
    assert.equal((await askRaw("{}", { "content-type": "text/plain" })).status, 415);
    assert.equal((await askRaw(tooLargeFor(endpoint))).status, 413);
    await forEachOf(HOSTILE_BODIES, async (body) => {
      const { status, json } = await ask(body);
      assert.ok(status >= 400 && status < 500, `${status} for ${JSON.stringify(body)?.slice(0, 80)}`);
      if (status === 422) assert.ok(json.error.details.length > 0, "a 422 says where");
    });
  });
}

const HOSTILE_QUERIES = [
  "limit=0",
  "limit=101",
  "limit=x",
  "cursor=%00",
  "cursor=W10",
  "cursor=eyJhIjoxfQ",
  "nope=1",
  "limit=1&limit=2",
  "__proto__=1",
];

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

/** Hashed or compared and kept nowhere, so that any text will do. */
const ANY_TEXT = ["password", "current", "next"];

const refused = (json: { error: { details?: { path: string }[] } }, name: string) =>
  json.error.details?.some(({ path }) => path.split(".")[0] === name);

for (const endpoint of endpoints) {
  const { body: schema } = endpoint;
  if (!schema || membersOf(schema).length === 0) continue;
  test(`${title(endpoint)} names each field that is over-long, has a NUL byte or is of a wrong type`, async () => {
    const { ask } = asker(endpoint);
    const cases = membersOf(schema).flatMap(({ name, text, overLong }): [string, unknown][] =>
      (text ? ["nul\u0000byte", "a".repeat(overLong), 7, { nested: [] }] : [{ nested: [] }, "\u0000"])
        .filter((value) => value !== "nul\u0000byte" || !ANY_TEXT.includes(name))
        .map((value) => [name, value]),
    );
    await forEachOf(cases, async ([name, value]) => {
      const { status, json } = await ask({ [name]: value });
      const tooLarge =
        JSON.stringify({ [name]: value }).length > (endpoint.maxBodyBytes ?? Number.POSITIVE_INFINITY);
      if (tooLarge) return assert.equal(status, 413);
      // A secret that stands for somebody is answered like one that never was, whatever is wrong with it.
      if (endpoint.access.kind === "public" && status === 404) return;
      assert.equal(status, 422);
      assert.ok(refused(json, name), `${name}: ${JSON.stringify(value).slice(0, 40)} was taken`);
    });
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

for (const endpoint of endpoints) {
  const { query: schema } = endpoint;
  if (!schema) continue;
  test(`${title(endpoint)} refuses a hostile query, over-long text and NUL bytes, also inside a cursor`, async () => {
    const { get } = asker(endpoint);
    await forEachOf(HOSTILE_QUERIES, async (query) => {
      assert.equal((await get(query)).status, 422, query);
    });
    const names = membersOf(schema).map(({ name }) => name);
    const cases = names.flatMap((name) => ["%00", "a%00b", "x".repeat(10_000)].map((value) => [name, value]));
    await forEachOf(cases, async ([name = "", value = ""]) => {
      const { status, json } = await get(`${name}=${value}`);
      assert.equal(status, 422, `${name}=${value.slice(0, 10)}`);
      assert.ok(refused(json, name), `${name} is named`);
    });
    if (!names.includes("cursor")) return;
    await forEachOf(FORGED_CURSORS, async ({ parts, text }) => {
      const { status } = await get(`cursor=${text}`);
      if (parts.includes("\u0000")) assert.equal(status, 422, JSON.stringify(parts));
    });
  });
}
