import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after, before } from "node:test";
import { parse } from "yaml";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { withTenant } from "#lib/db/scope.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute, saveRoute } from "#lib/routes/commands.ts";
import { listRoutes } from "#lib/routes/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { type Client, tenantApi } from "#tests/harness/tenant-api.ts";
import type { Imported, OpenApiPreview } from "./schema.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const client = (slug: string) => tenantApi(plane, slug);

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
const routesOf = async ({ actor }: Client) => (await listRoutes(actor, { limit: 100 })).data;
const routeFieldsOf = (route: object) =>
  Object.fromEntries(
    Object.keys(routeFieldsSchema.shape).map((name) => [name, (route as Record<string, unknown>)[name]]),
  );
const state = (preview: OpenApiPreview) =>
  preview.operations.map((one) => `${one.state} ${one.method} ${one.path}`);
const IMPORTABLE = ["/paths/~1pets/get", "/paths/~1pets/post", "/paths/~1pets~1{pet-id}/get"];

test("a preview says what would become of each operation and changes nothing", async () => {
  const api = await client("preview");
  const before = await api.draftVersion();
  const { status, data } = await api.post<OpenApiPreview>("/openapi/preview", {
    document: fixture("petstore-3.0.json"),
  });
  assert.equal(status, 200);
  assert.deepEqual(state(data), [
    "new GET /pets",
    "new POST /pets",
    "new GET /pets/:pet_id",
    "unusable TRACE /pets/{pet-id}",
    "unusable GET /pets/{id}.{format}",
  ]);
  assert.equal(data.draftVersion, before);
  assert.ok(data.notUnderstood.some(({ what, count }) => what === "Response header" && count === 1));
  assert.equal(await api.draftVersion(), before);
  assert.deepEqual(await routesOf(api), []);
});

test("the chosen operations arrive as one version of the draft, with one audit entry", async () => {
  const api = await client("import");
  const draftVersion = await api.draftVersion();
  const document = fixture("petstore-3.0.json");
  const { status, data } = await api.post<Imported>("/openapi/import", {
    document,
    draftVersion,
    operations: IMPORTABLE,
  });
  assert.equal(status, 200);
  assert.deepEqual(data, {
    created: 3,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    draftVersion: draftVersion + 1,
  });
  assert.equal(await api.draftVersion(), draftVersion + 1);
  assert.deepEqual(
    (await routesOf(api)).map(({ method, path }) => `${method} ${path}`),
    ["GET /pets", "POST /pets", "GET /pets/:pet_id"],
  );
  const audited = await withTenant(api.actor, (tx) =>
    tx.auditEntry.findMany({ where: { action: "draft.import" } }),
  );
  assert.equal(audited.length, 1);

  const again = await api.post<Imported>("/openapi/import", {
    document,
    draftVersion: draftVersion + 1,
    operations: IMPORTABLE,
  });
  assert.deepEqual(again.data, {
    created: 0,
    updated: 0,
    unchanged: 3,
    skipped: 0,
    draftVersion: draftVersion + 1,
  });
  assert.equal(await api.draftVersion(), draftVersion + 1, "importing what is there already changes nothing");
});

test("an import over an existing route changes what the document states and keeps the rest", async () => {
  const api = await client("update");
  const route = await createRoute(
    api.actor,
    routeFieldsSchema.parse({
      method: "GET",
      path: "/pets/:id",
      description: "kept",
      target: { type: "http", url: "https://other.example/p/:id" },
      rateLimit: { requestsPerMinute: 7, per: "key" },
    }),
  );
  const document = fixture("petstore-3.0.json");
  const input = { document, operations: [IMPORTABLE[2]] };
  const seen = await api.post<OpenApiPreview>("/openapi/preview", { document });
  const entry = seen.data.operations[2];
  assert.deepEqual(
    [entry?.state, entry?.existing?.id, entry?.changes],
    ["update", route.id, ["name", "auth"]],
  );
  const skipped = await api.post<Imported>("/openapi/import", {
    ...input,
    draftVersion: seen.data.draftVersion,
    existing: "skip",
  });
  assert.deepEqual([skipped.data.updated, skipped.data.skipped], [0, 1]);
  const { data } = await api.post<Imported>("/openapi/import", {
    ...input,
    draftVersion: seen.data.draftVersion,
  });
  assert.equal(data.updated, 1);
  const [after] = await routesOf(api);
  assert.deepEqual(
    {
      id: after?.id,
      path: after?.path,
      name: after?.name,
      auth: after?.auth,
      description: after?.description,
      target: after?.target,
      limit: after?.rateLimit,
      version: after?.version,
    },
    {
      id: route.id,
      path: "/pets/:id",
      name: "getPet",
      auth: { mode: "none" },
      description: "kept",
      target: route.target,
      limit: { requestsPerMinute: 7, per: "key" },
      version: 2,
    },
  );
});

test("a preview that is not of the current draft imports nothing", async () => {
  const api = await client("stale");
  const draftVersion = await api.draftVersion();
  await createRoute(
    api.actor,
    routeFieldsSchema.parse({ method: "GET", path: "/x", target: { type: "function", function: "x" } }),
  );
  const { status, error } = await api.post("/openapi/import", {
    document: fixture("petstore-3.0.json"),
    draftVersion,
    operations: IMPORTABLE,
  });
  assert.equal(status, 409);
  assert.equal(error.code, "conflict");
  assert.equal((await routesOf(api)).length, 1);
});

test("importing everything is refused while one operation cannot be a route, naming each place", async () => {
  const api = await client("everything");
  const draftVersion = await api.draftVersion();
  const { status, error } = await api.post("/openapi/import", {
    document: fixture("petstore-3.0.json"),
    draftVersion,
  });
  assert.equal(status, 422);
  assert.deepEqual(
    error.details?.map(({ path }) => path),
    ["document#/paths/~1pets~1{pet-id}/trace", "document#/paths/~1pets~1{id}.{format}"],
  );
  assert.deepEqual(await routesOf(api), []);
});

test("a published revision exported and imported into another tenant gives the same routes, as JSON and as YAML", async () => {
  const from = await client("export-from");
  const key = await mintKey(from.actor, {
    name: "k",
    description: "",
    authorizedRequests: null,
    expiresAt: null,
  });
  const target = { type: "function", function: "users" } as const;
  for (const given of [
    { method: "ANY", path: "/v1/files/*", name: "Files" },
    { method: "GET", path: "/v1/users/:id", apiVersion: "2024-12-01" },
    { method: "GET", path: "/v1/users/{userId}", apiVersion: "2025-01-01", tags: ["users"] },
    { method: "POST", path: "/v1/users", auth: { mode: "none" }, description: 'Multi\n\nline: "quoted"\n' },
    { method: "GET", path: "/v1/off", enabled: false },
  ] as const) {
    await createRoute(from.actor, routeFieldsSchema.parse({ target, ...given }));
  }
  const closed = await createRoute(
    from.actor,
    routeFieldsSchema.parse({
      method: "GET",
      path: "/closed",
      target,
      auth: { mode: "api-key", allowedApiKeyIds: [key.id] },
    }),
  );
  const { draftVersion } = await getChanges(from.actor, undefined);
  await publish(from.actor, { draftVersion, note: "" } as never);
  const json = await from.get("/revisions/1/openapi");
  assert.equal(json.status, 200);
  const yaml = await from.get("/revisions/1/openapi?format=yaml");
  assert.match(yaml.type ?? "", /yaml/);
  assert.deepEqual(parse(yaml.text), JSON.parse(json.text));
  assert.equal((await from.get("/revisions/9/openapi")).status, 404);
  assert.equal((await from.get("/revisions/1/openapi?format=xml")).status, 422);

  const same = await from.post<OpenApiPreview>("/openapi/preview", { document: yaml.text });
  assert.deepEqual([...new Set(same.data.operations.map((one) => one.state))], ["same"]);

  const to = await client("export-to");
  const version = await to.draftVersion();
  const foreign = await to.post("/openapi/import", { document: json.text, draftVersion: version });
  assert.equal(foreign.status, 422, "a key of another tenant is refused");
  assert.match(foreign.error.details?.[0]?.message ?? "", /not a key of this tenant/);
  const open = { ...closed, auth: { mode: "api-key", allowedApiKeyIds: null } } as const;
  const { id: _id, version: _v, createdAt: _c, updatedAt: _u, ...fields } = open;
  await saveRoute(from.actor, {
    id: closed.id,
    version: closed.version,
    fields: routeFieldsSchema.parse(fields),
  });
  const next = await getChanges(from.actor, undefined);
  await publish(from.actor, { draftVersion: next.draftVersion, note: "" } as never);
  const second = await from.get("/revisions/2/openapi?format=yaml");
  const { status, data } = await to.post<Imported>("/openapi/import", {
    document: second.text,
    draftVersion: version,
  });
  assert.equal(status, 200);
  assert.equal(data.created, 6);
  const documents = async (api: Client) =>
    (await routesOf(api)).map((route) => JSON.stringify(routeFieldsOf(route))).sort();
  assert.deepEqual(await documents(to), await documents(from));
});
