import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { schemaProblem } from "#lib/contract/json-schema.ts";
import type { ImportTarget } from "../schema.ts";
import { readDocument } from "./document.ts";
import { readSource } from "./source.ts";

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

async function read(text: string, target: ImportTarget | null = null) {
  const document = await readDocument(await readSource(text), { target, pathPrefix: "", unsecured: "none" });
  const by = (id: string) => {
    const found = document.operations.find(
      ({ pointer, operationId }) => operationId === id || pointer === id,
    );
    assert.ok(found, id);
    return found;
  };
  return { document, by };
}

const listed = (notes: { listed: readonly { what: string; pointer: string }[] }) =>
  notes.listed.map(({ what, pointer }) => `${what} ${pointer}`);

test("a 3.0 document's operations become routes with their names, tags, auth and upstream", async () => {
  const { document, by } = await read(fixture("petstore-3.0.json"));
  assert.deepEqual(document.target, { type: "http", url: "https://eu.petstore.example/v1" });
  const { stated } = by("listPets");
  assert.deepEqual(
    { method: stated.method, path: stated.path, name: stated.name, tags: stated.tags, auth: stated.auth },
    { method: "GET", path: "/pets", name: "List pets", tags: ["pets"], auth: { mode: "api-key" } },
  );
  assert.deepEqual(stated.target, { type: "http", url: "https://eu.petstore.example/v1/pets" });
  assert.deepEqual(by("createPet").stated.auth, { mode: "bearer", requiredScopes: ["pets:write"] });
  assert.deepEqual(by("createPet").stated.tags, ["deprecated"]);
  assert.deepEqual(by("getPet").stated.auth, { mode: "none" });
  assert.equal(by("getPet").stated.path, "/pets/:pet_id");
  assert.deepEqual(by("getPet").stated.target, {
    type: "http",
    url: "https://eu.petstore.example/v1/pets/:pet_id",
  });
});

test("3.0 schemas become JSON Schema 2020-12 that stands alone", async () => {
  const { by } = await read(fixture("petstore-3.0.json"));
  assert.deepEqual(by("listPets").stated.validation?.query, {
    type: "object",
    properties: {
      limit: { type: "integer", exclusiveMinimum: 0, maximum: 100 },
      status: { $ref: "#/$defs/Status" },
    },
    required: ["status"],
    $defs: { Status: { type: "string", enum: ["free", "sold"] } },
  });
  assert.deepEqual(by("createPet").stated.validation?.body, {
    $ref: "#/$defs/Pet",
    $defs: {
      Pet: {
        type: "object",
        required: ["name"],
        properties: {
          id: { type: "integer", readOnly: true },
          name: { type: "string", examples: ["Rex"] },
          nickname: { type: ["string", "null"] },
          owner: { anyOf: [{ allOf: [{ $ref: "#/$defs/Owner" }] }, { type: "null" }] },
          parent: { $ref: "#/$defs/Pet" },
          status: { $ref: "#/$defs/Status" },
        },
      },
      Owner: { type: "object", properties: { name: { type: "string" } } },
      Status: { type: "string", enum: ["free", "sold"] },
    },
  });
});

test("everything that does not become part of a route is listed with its pointer", async () => {
  const { document, by } = await read(fixture("petstore-3.0.json"));
  assert.deepEqual(listed(document.notes), [
    "About the API /info",
    "Tag description /tags/0",
    "Server variable /servers/1/variables/region",
    "Discriminator /components/schemas/Pet/discriminator",
    "XML form /components/schemas/Owner/properties/name/xml",
    "Responses /paths",
  ]);
  assert.deepEqual(listed(by("listPets").notes), [
    "Response header /paths/~1pets/get/responses/200/headers/X-Next",
    "Link /paths/~1pets/get/responses/200/links/next",
    "Header parameter /paths/~1pets/get/parameters/2",
    "Cookie parameter /paths/~1pets/get/parameters/3",
  ]);
  assert.deepEqual(listed(by("createPet").notes), [
    "Callback /paths/~1pets/post/callbacks/onCreated",
    "Media type /paths/~1pets/post/requestBody/content/application~1xml",
    "Example /paths/~1pets/post/requestBody/content/application~1json/example",
    "Media type /paths/~1pets/post/requestBody/content/application~1json",
    "Other security /paths/~1pets/post/security/1",
    "Deprecated /paths/~1pets/post/deprecated",
  ]);
  assert.deepEqual(listed(by("getPet").notes), [
    "Renamed parameter /paths/~1pets~1{pet-id}",
    "Path parameter schema /paths/~1pets~1{pet-id}/parameters/0/schema",
  ]);
});

test("what the path grammar cannot say, and TRACE, is that operation's problem and no other's", async () => {
  const { by } = await read(fixture("petstore-3.0.json"));
  assert.match(by("/paths/~1pets~1{id}.{format}/get").problem?.message ?? "", /inside a segment/);
  assert.match(by("/paths/~1pets~1{pet-id}/trace").problem?.message ?? "", /TRACE/);
});

test("a 3.1 document in YAML is read with its anchors, and a scheme that is not understood never means public", async () => {
  const { document, by } = await read(fixture("billing-3.1.yaml"));
  const invoice = by("getInvoice");
  assert.equal(invoice.stated.path, "/invoices/:invoiceId");
  assert.deepEqual(invoice.stated.target, {
    type: "http",
    url: "https://billing.example/invoices/:invoiceId/",
  });
  assert.equal(invoice.stated.name, "Read an invoice");
  assert.deepEqual(invoice.stated.auth, { mode: "api-key" });
  assert.deepEqual(invoice.stated.validation?.query, { type: "object", properties: { filter: {} } });
  assert.deepEqual(listed(invoice.notes), [
    "Trailing slash /paths/~1invoices~1{invoiceId}~1",
    "Query parameter /paths/~1invoices~1{invoiceId}~1/get/parameters/0",
    "Security scheme /paths/~1invoices~1{invoiceId}~1/get/security/0/cookieKey",
    "Security not understood /paths/~1invoices~1{invoiceId}~1/get/security",
  ]);
  assert.deepEqual(by("postInvoice").stated.auth, { mode: "bearer", requiredScopes: ["invoices"] });
  assert.deepEqual(by("postInvoice").stated.validation?.body, {
    type: "object",
    properties: {
      lines: { type: "array", items: { $ref: "#/$defs/Line" }, minItems: 1 },
      note: { type: ["string", "null"] },
    },
    unevaluatedProperties: false,
    $defs: { Line: { type: "object", properties: { amount: { type: "number", exclusiveMinimum: 0 } } } },
  });
  assert.equal(by("/paths/~1files~1*/get").stated.path, "/files/%2A");
  assert.ok(listed(document.notes).includes("Webhook /webhooks/invoicePaid"));
  assert.ok(listed(document.notes).includes("Unknown member /defaults"));
});

test("functions can be named by operation, and a prefix goes before every path but not before the upstream's", async () => {
  const source = await readSource(fixture("petstore-3.0.json"));
  const { operations } = await readDocument(source, {
    target: { type: "function-per-operation" },
    pathPrefix: "/shop",
    unsecured: "none",
  });
  assert.equal(operations[0]?.stated.path, "/shop/pets");
  assert.deepEqual(operations[0]?.stated.target, { type: "function", function: "list-pets" });
  const upstream = await readDocument(source, {
    target: { type: "http", url: "https://up.example/" },
    pathPrefix: "/shop",
    unsecured: "none",
  });
  assert.deepEqual(upstream.operations[0]?.stated.target, { type: "http", url: "https://up.example/pets" });
});

test("a format or a pattern that no gateway can check is left out by name, so that the route can be published", async () => {
  const schema = {
    type: "object",
    properties: {
      own: { type: "string", format: "my-own" },
      known: { type: "integer", format: "int64" },
      password: { type: "string", pattern: "(?=.*[a-z]).{8,}" },
      code: { type: "string", pattern: "^[A-Z]{3}$" },
    },
    patternProperties: { "^x-": {}, "(a)\\1": {} },
  };
  const post = {
    requestBody: { required: true, content: { "application/json": { schema } } },
    responses: {},
  };
  const { document, by } = await read(
    JSON.stringify({ openapi: "3.1.0", info: { title: "t", version: "1" }, paths: { "/a": { post } } }),
  );
  const { stated } = by("/paths/~1a/post");
  assert.equal(schemaProblem(stated.validation?.body), null);
  assert.deepEqual(stated.validation?.body, {
    type: "object",
    properties: {
      own: { type: "string" },
      known: { type: "integer", format: "int64" },
      password: { type: "string" },
      code: { type: "string", pattern: "^[A-Z]{3}$" },
    },
    patternProperties: { "^x-": {} },
  });
  const at = "/paths/~1a/post/requestBody/content/application~1json/schema";
  const told = listed(document.notes).filter((note) => /^(Format|Pattern) /.test(note));
  assert.deepEqual(told, [
    `Format ${at}/properties/own/format`,
    `Pattern ${at}/properties/password/pattern`,
    `Pattern ${at}/patternProperties/(a)\\1`,
  ]);
});
