import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { GATEWAY_ERROR_STATUS } from "#lib/contract/errors.ts";
import { type Route, routeFieldsSchema } from "#lib/contract/route.ts";
import { breath } from "../breath.ts";
import { EXTENSION, OPERATION_METHODS } from "../extensions.ts";
import { isObject, type JsonObject, listAt, objectAt } from "../read/json.ts";
import { SchemaReader } from "../read/json-schema.ts";
import { Notes } from "../read/notes.ts";
import { type Context, readOperation } from "../read/operation.ts";
import { down } from "../read/pointer.ts";
import { operationIdOf, toOperation } from "./operation.ts";
import { groupByPath, type PathGroup } from "./paths.ts";
import { SharedSchemas } from "./schema.ts";

export type ExportInput = {
  routes: readonly Route[];
  tenant: { slug: string; name: string };
  /** The revision's number. */
  number: number;
  /** Where the gateway answers for this tenant. */
  server: string;
};

const ERROR_RESPONSE = {
  description: "The gateway's own answer: what went wrong, and the request's ID.",
  headers: { "X-Request-Id": { schema: { type: "string" } } },
  content: { "application/json": { schema: { $ref: "#/components/schemas/GatewayError" } } },
};

const COMPONENTS = {
  responses: {
    GatewayError: ERROR_RESPONSE,
    RateLimited: {
      ...ERROR_RESPONSE,
      headers: {
        ...ERROR_RESPONSE.headers,
        "Retry-After": { description: "Seconds, at most 60.", schema: { type: "integer" } },
      },
    },
  },
  securitySchemes: {
    apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
    bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  },
};

const ERROR_SCHEMA = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "requestId"],
      properties: {
        code: { type: "string", enum: Object.keys(GATEWAY_ERROR_STATUS) },
        message: { type: "string" },
        requestId: { type: "string" },
        details: {
          type: "array",
          items: {
            type: "object",
            required: ["path", "message"],
            properties: { path: { type: "string" }, message: { type: "string" } },
          },
        },
      },
    },
  },
};

const isRest = (route: Route) => /(?:\*|\+|\+\})$/.test(route.path);

/** Newest version first; a named parameter before a wildcard, which is the same path in OpenAPI. */
const byPrecedence = (a: Route, b: Route): number =>
  Number(isRest(a)) - Number(isRest(b)) ||
  ((a.apiVersion ?? "") < (b.apiVersion ?? "") ? 1 : (a.apiVersion ?? "") > (b.apiVersion ?? "") ? -1 : 0);

type Shown = { route: Route; versions: string[]; versionRequired: boolean };

/** Which route each method of a path shows, and which routes have no operation of their own. */
function arrange({ routes }: PathGroup): { shown: Map<string, Shown>; whole: Route[] } {
  const shown = new Map<string, Shown>();
  const whole = routes.filter((route) => !route.enabled);
  const enabled = routes.filter((route) => route.enabled).sort(byPrecedence);
  for (const method of OPERATION_METHODS) {
    const all = enabled.filter((route) => route.method === method.toUpperCase());
    const [first, ...others] = all;
    if (!first) continue;
    const versions = all.map(({ apiVersion }) => apiVersion).filter((version) => version !== null);
    shown.set(method, {
      route: first,
      versions: [...new Set(versions)],
      versionRequired: versions.length === all.length && versions.length > 0,
    });
    whole.push(...others);
  }
  const any = enabled.filter((route) => route.method === "ANY");
  whole.push(...any);
  const [first] = any;
  for (const method of first ? OPERATION_METHODS : []) {
    if (!shown.has(method))
      shown.set(method, { route: first as Route, versions: [], versionRequired: false });
  }
  return { shown, whole };
}

const SAYABLE = ["method", "path", "name", "description", "tags", "auth", "validation"] as const;

/** What reading a route's operation would not give back; null when reading it would give no route at all. */
function remainder(
  route: Route,
  context: Context,
  template: string,
  item: JsonObject,
  method: string,
): JsonObject | null {
  const placed = { value: item, pointer: down("/paths", template) };
  const read = readOperation(context, template, placed, method);
  const back = routeFieldsSchema.safeParse({ ...read.stated, target: route.target });
  if (read.problem || !back.success) return null;
  const said = new Map<string, unknown>(SAYABLE.map((name) => [name, back.data[name]]));
  return Object.fromEntries(
    Object.entries(route).filter(
      ([name, value]) => !said.has(name) || canonicalJson(said.get(name)) !== canonicalJson(value),
    ),
  );
}

/**
 * Routes as an OpenAPI 3.1 document. What OpenAPI cannot say stands in extensions, so that importing the document
 * gives the same routes; which extension holds what is in docs/openapi.md.
 */
export async function exportOpenApi(input: ExportInput): Promise<JsonObject> {
  const { routes, tenant, number, server } = input;
  const shared = new SharedSchemas();
  const [error] = shared.share({ GatewayError: ERROR_SCHEMA }).values();
  shared.schemas[error as string] = ERROR_SCHEMA;
  const ids = new Set<string>();
  const paths: JsonObject = {};
  const pending: { template: string; method: string; route: Route }[] = [];
  const pause = breath();
  for (const group of groupByPath(routes)) {
    const { shown, whole } = arrange(group);
    const item: JsonObject = {};
    for (const [method, { route, versions, versionRequired }] of shown) {
      const operationId = operationIdOf(method, group.template, ids);
      const operation = toOperation({ route, group, operationId, versions, versionRequired, shared });
      if (route.method === "ANY") operation[EXTENSION.partOf] = route.id;
      else pending.push({ template: group.template, method, route });
      item[method] = operation;
    }
    if (whole.length > 0) item[EXTENSION.routes] = whole;
    paths[group.template] = item;
    if (pause.due()) await pause.take();
  }
  const document: JsonObject = {
    openapi: "3.1.0",
    info: { title: tenant.name, version: String(number) },
    servers: [{ url: server }],
    paths,
    components: { schemas: shared.schemas, ...COMPONENTS },
    [EXTENSION.about]: { format: 1, tenant: tenant.slug, revision: number },
  };
  const source = { root: document, is30: false };
  const context: Context = {
    source,
    schemas: new SchemaReader(source, new Notes()),
    choices: { target: { type: "function-per-operation" }, pathPrefix: "", unsecured: "none" },
  };
  for (const { template, method, route } of pending) {
    const item = objectAt(paths, template);
    const operation = item[method];
    if (!isObject(operation)) continue;
    const rest = remainder(route, context, template, item, method);
    if (rest) operation[EXTENSION.route] = rest;
    else {
      operation[EXTENSION.partOf] = route.id;
      item[EXTENSION.routes] = [...listAt(item, EXTENSION.routes), route];
    }
    if (pause.due()) await pause.take();
  }
  return document;
}
