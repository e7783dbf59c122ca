import type { CompiledRoute } from "./compiled-route.ts";
import { type Refusal, refuse } from "./decision.ts";
import type { ErrorDetail } from "./errors.ts";
import { isJsonType, readJsonBody } from "./json-body.ts";
import { type CompiledSchema, compileSchema } from "./json-schema.ts";
import { queryValue } from "./query-values.ts";
import type { TraceStep } from "./trace.ts";

/** Of a request, what the checks after the decision look at. */
export type CheckedRequest = {
  method: string;
  /** Raw, without `?`. */
  query: string;
  contentType: string | undefined;
  /** As far as it is known: what was announced, or what was read. */
  bodyBytes: number;
  /** Decoded; null when it has not been read, and then it is not validated. */
  body: Uint8Array | null;
};
/** A refusal with what is wrong, place by place. */
export type CheckRefusal = Refusal & { details?: ErrorDetail[] };

type Compiled = { body: CompiledSchema | null; query: CompiledSchema | null };
const compiled = new WeakMap<CompiledRoute, Compiled>();
/** Methods whose requests may come without the body that the schema describes. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

/** A route's schemas, compiled at their first use. */
function schemasOf(route: CompiledRoute): Compiled {
  let schemas = compiled.get(route);
  if (!schemas) {
    const { body = null, query = null } = route.route.validation ?? {};
    schemas = {
      body: body === null ? null : compileSchema(body),
      query: query === null ? null : compileSchema(query),
    };
    compiled.set(route, schemas);
  }
  return schemas;
}

/** Whether the route's body must be read whole before its request can be let through. */
export const validatesBody = (route: CompiledRoute): boolean =>
  (route.route.validation?.body ?? null) !== null;

function mediaTypeRefusal(route: CompiledRoute, request: CheckedRequest): CheckRefusal | null {
  if (request.bodyBytes === 0 || isJsonType(request.contentType)) return null;
  const message = "This route takes JSON: send the body with Content-Type: application/json.";
  return refuse("unsupported_media_type", message, route);
}

function queryRefusal(route: CompiledRoute, schema: CompiledSchema, query: string): CheckRefusal | null {
  if (!schema.ok) return refuse("unavailable", "This route's schema cannot be used.", route);
  const details = schema.check(queryValue(query, schema.node));
  if (details.length === 0) return null;
  return { ...refuse("invalid_query", "The query does not match what this route takes.", route), details };
}

function bodyRefusal(
  route: CompiledRoute,
  schema: CompiledSchema,
  { method, body, bodyBytes }: CheckedRequest,
): CheckRefusal | null {
  if (!schema.ok) return refuse("unavailable", "This route's schema cannot be used.", route);
  if (bodyBytes === 0 && BODILESS.has(method)) return null;
  if (body === null) return null;
  const read = readJsonBody(body);
  const details = read.ok ? schema.check(read.value) : [{ path: read.path, message: read.message }];
  if (details.length === 0) return null;
  return { ...refuse("invalid_body", "The body does not match what this route takes.", route), details };
}

/** The check of the body's size; the same words wherever it is made. */
export function sizeRefusal(route: CompiledRoute, bodyBytes: number): CheckRefusal | null {
  const { maxBodyBytes } = route.route;
  if (bodyBytes <= maxBodyBytes) return null;
  return refuse("body_too_large", `The body is larger than ${maxBodyBytes} bytes.`, route);
}

/** What can be said about validation before the body is read: the query, and the body's kind. */
export function checkHead(route: CompiledRoute, request: CheckedRequest): CheckRefusal | null {
  if (!route.route.validation) return null;
  const { body, query } = schemasOf(route);
  return (
    (body && mediaTypeRefusal(route, request)) ?? (query && queryRefusal(route, query, request.query)) ?? null
  );
}

/**
 * The steps `body` and `validation` of a request that was let in: the body's size, its media type, the query and
 * the body itself. The gateway and Explain both ask here, so that they cannot disagree.
 */
export function checkBody(
  route: CompiledRoute,
  request: CheckedRequest,
  note: (step: TraceStep) => void = () => undefined,
): CheckRefusal | null {
  const tooLarge = sizeRefusal(route, request.bodyBytes);
  if (tooLarge) {
    const detail = `${tooLarge.message} It has ${request.bodyBytes.toLocaleString("en")} bytes.`;
    note({ step: "body", outcome: "refused", detail });
    return tooLarge;
  }
  const size = `${request.bodyBytes.toLocaleString("en")} ${request.bodyBytes === 1 ? "byte" : "bytes"}`;
  const most = route.route.maxBodyBytes.toLocaleString("en");
  note({
    step: "body",
    outcome: request.bodyBytes > 0 ? "passed" : "skipped",
    detail: request.bodyBytes > 0 ? `${size} of at most ${most}` : "no body",
  });
  if (!route.route.validation) {
    note({ step: "validation", outcome: "skipped", detail: "the route validates nothing" });
    return null;
  }
  const { body } = schemasOf(route);
  const refusal = checkHead(route, request) ?? (body && bodyRefusal(route, body, request));
  if (refusal) {
    const [first] = refusal.details ?? [];
    const place = first ? ` ${first.path || "/"} ${first.message}.` : "";
    note({ step: "validation", outcome: "refused", detail: `${refusal.message}${place}` });
    return refusal;
  }
  note({ step: "validation", outcome: "passed", detail: "matches the route's schemas" });
  return null;
}
