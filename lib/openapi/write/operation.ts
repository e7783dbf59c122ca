import type { Route } from "#lib/contract/route.ts";
import { isObject, type JsonObject, listAt } from "../read/json.ts";
import { functionNameOf } from "../read/target.ts";
import type { PathGroup } from "./paths.ts";
import { type SharedSchemas, toDocumentSchema } from "./schema.ts";

const ERROR = { $ref: "#/components/responses/GatewayError" };

/** `GET /v1/users/{id}` as `getV1UsersId`, made unique. */
export function operationIdOf(method: string, template: string, taken: Set<string>): string {
  const words = functionNameOf(`${method} ${template}`).replace(/-(\w)/g, (_, first: string) =>
    first.toUpperCase(),
  );
  let id = words;
  for (let i = 2; taken.has(id); i++) id = `${words}_${i}`;
  taken.add(id);
  return id;
}

function security({ auth }: Route): unknown[] {
  if (auth.mode === "none") return [];
  return auth.mode === "api-key" ? [{ apiKey: [] }] : [{ bearer: auth.requiredScopes }];
}

function queryParameters(route: Route, shared: SharedSchemas): unknown[] {
  const schema = route.validation ? toDocumentSchema(route.validation.query, shared) : null;
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = listAt(schema, "required");
  return Object.entries(schema.properties).map(([name, value]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema: value === true ? {} : value === false ? { not: {} } : value,
  }));
}

function responses({ target, auth, rateLimit }: Route): JsonObject {
  const answered =
    target.type === "job" || target.type === "pipeline"
      ? { "202": { description: "Accepted: the job's id, and where its status is" } }
      : { "2XX": { description: "What the target answers" } };
  return {
    ...answered,
    ...(auth.mode === "none" ? {} : { "401": ERROR, "403": ERROR }),
    ...(rateLimit ? { "429": { $ref: "#/components/responses/RateLimited" } } : {}),
    "4XX": ERROR,
    "5XX": ERROR,
  };
}

export type OperationInput = {
  route: Route;
  group: PathGroup;
  operationId: string;
  /** The versions that callers choose from with X-Api-Version, newest first; empty when there are none. */
  versions: readonly string[];
  versionRequired: boolean;
  shared: SharedSchemas;
};

/** A route as an operation, as far as OpenAPI can say it. */
export function toOperation(input: OperationInput): JsonObject {
  const { route, group, operationId, versions, versionRequired, shared } = input;
  const body = route.validation ? toDocumentSchema(route.validation.body, shared) : null;
  const version = {
    name: "X-Api-Version",
    in: "header",
    required: versionRequired,
    description: "Which version of this operation answers.",
    schema: { type: "string", enum: versions },
  };
  const parameters = [
    ...group.names.map(({ name, rest }) => ({
      name,
      in: "path",
      required: true,
      ...(rest ? { description: "The rest of the path, of any number of segments." } : {}),
      schema: { type: "string" },
    })),
    ...(versions.length > 0 ? [version] : []),
    ...queryParameters(route, shared),
  ];
  return {
    operationId,
    ...(route.name ? { summary: route.name } : {}),
    ...(route.description ? { description: route.description } : {}),
    ...(route.tags.length > 0 ? { tags: route.tags } : {}),
    ...(route.tags.includes("deprecated") ? { deprecated: true } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    security: security(route),
    responses: responses(route),
  };
}
