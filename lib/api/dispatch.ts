import { z } from "zod";
import { clientIp } from "#lib/access/client-ip.ts";
import type { ErrorDetail } from "#lib/contract/errors.ts";
import { DomainError, invalid, notFound } from "#lib/errors/domain-error.ts";
import { admit } from "./admit.ts";
import type { Endpoint, EndpointInput } from "./endpoint.ts";
import { endpoints } from "./endpoints/index.ts";
import { matchEndpoint } from "./match.ts";
import { readJsonBody } from "./read-body.ts";
import { errorResponse, requestIdOf } from "./responses.ts";

const PREFIX = "/api/v1";

function segmentsOf(url: URL): string[] {
  try {
    return url.pathname
      .slice(PREFIX.length + 1)
      .split("/")
      .map(decodeURIComponent);
  } catch {
    throw new DomainError("bad_request", "The path is not valid percent-encoded UTF-8.");
  }
}

/** Parses with the endpoint's schema; every issue becomes a detail with its place. Throws `invalid_input` (422). */
function parse(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(detailsOf(result.error.issues));
}

type Issue = z.core.$ZodIssue;
const flawsOf = (issues: readonly Issue[]): number =>
  issues.reduce((all, issue) => all + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);

/** Of a value that may have one of several shapes, what is wrong with the shape that it comes nearest to. */
function detailsOf(issues: readonly Issue[], under: readonly PropertyKey[] = []): ErrorDetail[] {
  return issues
    .slice(0, 100)
    .flatMap((issue) => {
      const path = [...under, ...issue.path];
      if (issue.code === "unrecognized_keys") {
        return issue.keys.slice(0, 20).map((key) => ({
          path: [...path, key.slice(0, 100)].join("."),
          message: "is not a field",
        }));
      }
      if (issue.code === "invalid_union" && issue.errors.length > 0) {
        const nearest = issue.errors.reduce((best, each) => (flawsOf(each) < flawsOf(best) ? each : best));
        return detailsOf(nearest, path);
      }
      return [{ path: path.join("."), message: issue.message }];
    })
    .slice(0, 100);
}

function queryOf(endpoint: Endpoint, url: URL): unknown {
  const given: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(given, name)) throw invalid([{ path: name, message: "is given twice" }]);
    Object.defineProperty(given, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return parse(endpoint.query ?? z.strictObject({}), given);
}

async function answer(request: Request, requestId: string): Promise<Response> {
  const url = new URL(request.url);
  const match = matchEndpoint(endpoints, request.method, segmentsOf(url));
  if (match.kind === "none") throw notFound("endpoint or object");
  if (match.kind === "method_not_allowed") {
    throw new DomainError("method_not_allowed", `This address takes ${match.allow.join(", ")}.`, {
      headers: { allow: match.allow.join(", ") },
    });
  }
  const { endpoint, params } = match;
  const { actor, limitHeaders } = await admit(endpoint, request, {
    caller: { requestId, ip: clientIp(request.headers), headers: request.headers },
    tenant: params.tenant,
    query: url.searchParams,
  });
  const query = queryOf(endpoint, url);
  const hasBody = endpoint.method !== "GET" && endpoint.method !== "DELETE";
  const body = hasBody
    ? parse(endpoint.body ?? z.strictObject({}), await readJsonBody(request, endpoint.maxBodyBytes))
    : undefined;
  const ifMatch = request.headers.get("if-match")?.replace(/^(?:W\/)?"(.*)"$/, "$1") ?? null;
  const result = await endpoint.handle({ actor, params, query, body, ifMatch } as unknown as EndpointInput<
    never,
    never,
    never
  >);
  const headers = { ...limitHeaders, "x-request-id": requestId, "cache-control": "no-store" };
  if (result instanceof Response) {
    // What is not JSON brings its own content type.
    for (const [name, value] of Object.entries(headers)) result.headers.set(name, value);
    return result;
  }
  const status = endpoint.status ?? 200;
  return status === 204
    ? new Response(null, { status, headers })
    : Response.json(result, { status, headers });
}

/** Answers one request to `/api/v1/…`: finds the endpoint, says who is asking, checks, runs, and never throws. */
export async function dispatch(request: Request): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  try {
    return await answer(request, requestId);
  } catch (error) {
    return errorResponse(error, requestId);
  }
}
