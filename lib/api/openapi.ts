import { z } from "zod";
import { sessionCookieName } from "#lib/access/session-cookie.ts";
import { API_ERROR_STATUS } from "#lib/errors/domain-error.ts";
import type { Endpoint } from "./endpoint.ts";

const ERROR_SCHEMA = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "requestId"],
      properties: {
        code: { type: "string", enum: Object.keys(API_ERROR_STATUS) },
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

/** JSON Schema 2020-12 of what an endpoint takes or gives; what JSON Schema cannot say (a refinement) is left out. */
const jsonSchema = (schema: z.ZodType, io: "input" | "output") => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
};

function parameters({ path, query }: Endpoint) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: /id$/i.test(name) ? { type: "string", format: "uuid" } : { type: "string" },
  }));
  if (!query) return inPath;
  const { properties = {}, required = [] } = jsonSchema(query, "input");
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema: schema as object,
  }));
  return [...inPath, ...inQuery];
}

/** What went wrong, for the statuses that this endpoint can answer with. */
function errorResponses({ access, method, path }: Endpoint) {
  const statuses = new Set([400, 422, 500, 503]);
  if (access.kind !== "public") statuses.add(401);
  if (access.kind === "tenant") statuses.add(403).add(404);
  if (access.kind === "operator") statuses.add(404);
  if (method !== "GET") statuses.add(403).add(409).add(413).add(415);
  if (path.includes("{")) statuses.add(404);
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries(
    [...statuses].sort().map((status) => {
      const codes = Object.entries(API_ERROR_STATUS).filter(([, value]) => value === status);
      return [status, { description: codes.map(([code]) => code).join(", "), content }];
    }),
  );
}

function operation(endpoint: Endpoint) {
  const { access, body, method, path, response, status = 200, summary } = endpoint;
  const success =
    status === 204
      ? { description: "Done" }
      : {
          description: "OK",
          content: { "application/json": { schema: jsonSchema(response, "output") } },
        };
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z]+(\w)?/g, (_, next = "") => next.toUpperCase())}`,
    summary,
    ...(access.kind === "tenant" ? { description: `Needs the permission \`${access.permission}\`.` } : {}),
    ...(access.kind === "operator" ? { description: "For operators of the installation." } : {}),
    ...(access.kind === "public" ? { security: [] } : {}),
    parameters: parameters(endpoint),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: jsonSchema(body, "input") } },
          },
        }
      : {}),
    responses: { [status]: success, ...errorResponses(endpoint) },
  };
}

/** The management API as an OpenAPI 3.1 document, made from the same table and schemas that dispatch and check. */
export function openApiDocument(endpoints: readonly Endpoint[], origin: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operation(endpoint),
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Gatehouse management API", version: "1" },
    servers: [{ url: `${origin}/api/v1` }],
    security: [{ accessToken: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", description: "An access token (ght_…)" },
        session: { type: "apiKey", in: "cookie", name: sessionCookieName(origin.startsWith("https://")) },
      },
    },
  };
}
