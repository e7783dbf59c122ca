import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { listRoutes } from "#lib/routes/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { tenantApi } from "#tests/harness/tenant-api.ts";
import type { Imported, OpenApiPreview } from "./schema.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const client = (slug: string) => tenantApi(plane, slug);

const open = (paths: unknown, more: object = {}) => ({
  openapi: "3.0.0",
  info: { title: "t", version: "1" },
  paths,
  ...more,
});
const one = (path: string, operation: unknown = { responses: {} }) => open({ [path]: { get: operation } });
const many = (count: number) =>
  open(Object.fromEntries(Array.from({ length: count }, (_, i) => [`/p${i}`, { get: {} }])));
const bodied = (schema: unknown, schemas: object = {}) =>
  open(
    { "/a": { post: { requestBody: { content: { "application/json": { schema } } } } } },
    { components: { schemas } },
  );
const ref = (to: string) => ({ $ref: to });
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const laughs = ["openapi: 3.0.0", "a: &a [x, x, x, x, x, x, x, x, x, x]"]
  .concat(
    ["b", "c", "d", "e", "f", "g", "h"].map(
      (name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefgh"[i]}`).join(", ")}]`,
    ),
  )
  .join("\n");

/** Every kind of bad document, and what the refusal must name. */
const BAD: Record<string, [document: string, place: RegExp]> = {
  "nothing at all": ["", /document: is empty/],
  "plain text": ["hello there", /document#: is not an OpenAPI document/],
  "a list": ["[1, 2]", /document#: is not an OpenAPI document/],
  "a number": ["7", /document#: is not an OpenAPI document/],
  "broken JSON": ['{\n "openapi": "3.0.0",\n "paths": ]', /line 3, column \d+/],
  "broken YAML": ["openapi: 3.0.0\npaths:\n  - [", /line \d+, column \d+/],
  "Swagger 2.0": [JSON.stringify({ swagger: "2.0", paths: {} }), /document#\/swagger: is Swagger 2\.0/],
  AsyncAPI: [JSON.stringify({ asyncapi: "3.0.0" }), /document#\/asyncapi/],
  "OpenAPI 4": [JSON.stringify({ openapi: "4.0.0", paths: {} }), /document#\/openapi/],
  "a version that is a number": ["openapi: 3.1\npaths: {}", /document#\/openapi/],
  "paths as a list": [JSON.stringify({ openapi: "3.0.0", paths: [] }), /document#\/paths/],
  "no operations": [JSON.stringify(open({})), /document#\/paths: describes no operations/],
  "more operations than one import takes": [
    JSON.stringify(many(100_000)),
    /document#\/paths: describes 100,000 operations; .* 10,000/,
  ],
  "a file reference": [
    JSON.stringify(bodied(ref("./pet.yaml#/Pet"))),
    /document#\/paths\/~1a\/post\/.*\/schema: refers to \.\/pet\.yaml/,
  ],
  "references in a circle": [
    JSON.stringify(
      bodied(ref("#/components/schemas/A"), {
        A: ref("#/components/schemas/B"),
        B: ref("#/components/schemas/A"),
      }),
    ),
    /document#\/.*only leads back to itself/,
  ],
  "a path item that refers to itself": [
    JSON.stringify(open({ "/a": ref("#/paths/~1a") })),
    /document#\/paths\/~1a: .*back to itself/,
  ],
  "a dangling reference": [
    JSON.stringify(bodied(ref("#/components/schemas/Gone"))),
    /document#\/paths\/~1a\/post.*: refers to .*not in the document/,
  ],
  "a pointer with a bad escape": [
    JSON.stringify(bodied(ref("#/components/schemas/A~2"), { "A~2": {} })),
    /not in the document/,
  ],
  "a pointer that does not decode": [
    JSON.stringify(bodied(ref("#/components/schemas/%zz"))),
    /not in the document/,
  ],
  "a pointer into the prototype": [
    JSON.stringify(bodied(ref("#/components/schemas/constructor"))),
    /not in the document/,
  ],
  "a member named __proto__": [
    '{"openapi":"3.0.0","paths":{"/a":{"get":{"__proto__":{"x":1}}}}}',
    /document#\/paths\/~1a\/get\/__proto__/,
  ],
  "the same in YAML": [
    "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      __proto__: { x: 1 }",
    /document#\/paths\/~1a\/get\/__proto__/,
  ],
  "JSON nested a million deep": [nested(1_000_000).slice(0, 5_000_000), /document/],
  "JSON nested deeply": [
    `{"openapi":"3.0.0","paths":{"/a":${nested(150)}}}`,
    /document#\/.*nested more than/,
  ],
  "YAML nested deeply": [
    `openapi: 3.0.0\npaths: ${"[".repeat(50_000)}`,
    /line 2, column \d+: .*nested too deeply/,
  ],
  "anchors that multiply": [laughs, /line \d+, column \d+: holds more than/],
  "an anchor that contains itself": [
    "openapi: 3.0.0\npaths: &p\n  /a: *p",
    /line 3, column \d+: the anchor &p contains itself/,
  ],
  "an anchor that is not there": ["openapi: 3.0.0\npaths: *gone", /line 2, column \d+/],
  "a tag of one's own": ["openapi: 3.0.0\npaths: !!js/function 'x'", /line 2, column \d+/],
  "two YAML documents": ["openapi: 3.0.0\npaths: {}\n---\nb: 1", /second document/],
  "a YAML key twice": ["openapi: 3.0.0\npaths:\n  /a: {}\n  /a: {}", /line 4, column 3: .*twice/],
  "too many values": [
    `{"openapi":"3.0.0","paths":{},"x":[${"0,".repeat(1_000_001)}0]}`,
    /holds more than 1,000,000 values/,
  ],
  "a NUL": [JSON.stringify(one("/a", { summary: "a\u0000b" })), /document#\/paths\/~1a\/get\/summary/],
  "half a character": [
    '{"openapi":"3.0.0","paths":{"/a":{"get":{"summary":"\\ud800"}}}}',
    /document#\/paths\/~1a\/get\/summary/,
  ],
  "a path without its slash": [JSON.stringify(one("a")), /document#\/paths\/a: the path must start with/],
  "an empty segment": [
    JSON.stringify(one("/a//b")),
    /document#\/paths\/~1a~1~1b: the path has an empty segment/,
  ],
  "a dot segment": [JSON.stringify(one("/a/../b")), /dot segment/],
  "an encoded dot segment": [JSON.stringify(one("/a/%2e%2e/b")), /dot segment/],
  "a stray percent": [JSON.stringify(one("/a/%zz")), /percent-encoding/],
  "bytes that are not UTF-8": [JSON.stringify(one("/a/%ff")), /percent-encoding/],
  "an encoded NUL": [JSON.stringify(one("/a/%00")), /control character/],
  "a query in the path": [JSON.stringify(one("/a?b=c")), /a query is not part of a path/],
  "half a brace": [JSON.stringify(one("/a/{b")), /inside a segment/],
  "a parameter twice": [JSON.stringify(one("/a/{b}/{b}")), /twice/],
  "a path of 5,000 characters": [JSON.stringify(one(`/${"a".repeat(5_000)}`)), /longer than/],
  "two templates that are one route": [
    JSON.stringify(open({ "/a/{b}": { get: {} }, "/a/{c}": { get: {} } })),
    /document#\/paths\/~1a~1{c}\/get: matches exactly the same requests/,
  ],
  "an operation that is a text": [JSON.stringify(one("/a", "x")), /document#\/paths\/~1a\/get/],
  "parameters without names": [
    JSON.stringify(one("/a", { parameters: [{}] })),
    /document#\/paths\/~1a\/get\/parameters\/0/,
  ],
  "security that is a text": [
    JSON.stringify(one("/a", { security: "none" })),
    /document#\/paths\/~1a\/get\/security/,
  ],
  "a schema that is a text": [
    JSON.stringify(bodied("x")),
    /document#\/paths\/~1a\/post\/.*schema: is not a schema/,
  ],
  "a schema of 1 MB": [JSON.stringify(bodied({ enum: ["x".repeat(1_000_000)] })), /larger than 256 KiB/],
  "a route in the extension that is none": [
    JSON.stringify(one("/a", { "x-gatehouse-route": { rateLimit: "fast" } })),
    /document#\/paths\/~1a\/get: /,
  ],
};

test("every bad document is a 422 that names the place, and the draft is untouched", async (t) => {
  const api = await client("bad");
  const draftVersion = await api.draftVersion();
  for (const [what, [document, place]] of Object.entries(BAD)) {
    await t.test(what, async () => {
      const { status, error } = await api.post("/openapi/import", { document, draftVersion });
      assert.equal(status, 422, JSON.stringify(error));
      assert.match(error.details?.map(({ path, message }) => `${path}: ${message}`).join("\n") ?? "", place);
      const preview = await api.post("/openapi/preview", { document });
      assert.ok([200, 422].includes(preview.status), `preview answers ${preview.status}`);
    });
  }
  assert.equal(await api.draftVersion(), draftVersion);
  assert.deepEqual((await listRoutes(api.actor, { limit: 100 })).data, []);
});

test("a document of 10 MB is refused before it is read", async () => {
  const api = await client("large");
  const { status, error } = await api.post("/openapi/preview", { document: "x".repeat(10_000_000) });
  assert.deepEqual([status, error.code], [413, "payload_too_large"]);
  const long = await api.post("/openapi/preview", { document: "x".repeat(6_000_000) });
  assert.equal(long.status, 422);
});

test("a remote reference is refused and never fetched", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const api = await client("remote");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const document = open(
      {
        "/a": {
          get: { responses: { 200: ref(`${url}/response.json`) }, externalDocs: { url: `${url}/docs` } },
        },
        "/b": ref(`${url}/item.json`),
        "/c": {
          post: {
            requestBody: { content: { "application/json": { schema: ref(`${url}/schema.json#/A`) } } },
          },
        },
      },
      {
        servers: [{ url }],
        components: { securitySchemes: { oidc: { type: "openIdConnect", openIdConnectUrl: `${url}/oidc` } } },
      },
    );
    const { status, error } = await api.post("/openapi/preview", { document: JSON.stringify(document) });
    assert.equal(status, 422);
    assert.deepEqual(error.details?.map(({ path }) => path).sort(), [
      "document#/paths/~1a/get/responses/200",
      "document#/paths/~1b",
      "document#/paths/~1c/post/requestBody/content/application~1json/schema",
    ]);
    const local = {
      ...document,
      paths: { "/a": { get: { externalDocs: { url: `${url}/docs` }, security: [{ oidc: [] }] } } },
    };
    assert.equal((await api.post("/openapi/preview", { document: JSON.stringify(local) })).status, 200);
    assert.deepEqual(asked, []);
  } finally {
    server.close();
  }
});

test("a document of 1,000 operations is previewed within two seconds, and others are answered meanwhile", async () => {
  const api = await client("speed");
  const document = open(
    Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [
        `/v1/things${i}/{id}`,
        {
          post: {
            operationId: `thing${i}`,
            parameters: [{ name: "limit", in: "query", schema: { type: "integer" } }],
            requestBody: {
              content: { "application/json": { schema: ref(`#/components/schemas/S${i % 50}`) } },
            },
          },
        },
      ]),
    ),
    {
      components: {
        schemas: Object.fromEntries(
          Array.from({ length: 50 }, (_, i) => [
            `S${i}`,
            {
              type: "object",
              properties: { a: { type: "string" }, next: ref(`#/components/schemas/S${(i + 1) % 50}`) },
            },
          ]),
        ),
      },
    },
  );
  let longest = 0;
  let last = performance.now();
  const heart = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const started = performance.now();
  const { status, data } = await api.post<OpenApiPreview>("/openapi/preview", {
    document: JSON.stringify(document),
  });
  const took = performance.now() - started;
  clearInterval(heart);
  assert.equal(status, 200);
  assert.equal(data.operations.length, 1_000);
  assert.ok(took < 2_000, `took ${took} ms`);
  assert.ok(longest < 400, `held the event loop for ${longest} ms`);
  const { data: imported, status: done } = await api.post<Imported>("/openapi/import", {
    document: JSON.stringify(document),
    draftVersion: data.draftVersion,
  });
  assert.equal(done, 200);
  assert.equal(imported.created, 1_000);
});
