import { errorEnvelope } from "#lib/contract/errors.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { API_ERROR_STATUS, DomainError } from "#lib/errors/domain-error.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;

/** The caller's request ID when it is well formed, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given && REQUEST_ID.test(given) ? given : uuidv7();
}

// What Prisma and its driver say when PostgreSQL is away or has no connection left.
const UNREACHABLE =
  /^(P1001|P1002|P1008|P1017|P2024|P2037|ECONNREFUSED|ECONNRESET|ETIMEDOUT|57P0[123]|53300)$/;

// The same of a raw statement, which has one code for everything that goes wrong; the adapter's word is inside.
const UNREACHABLE_KIND = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections)$/;

// Every connection is taken for longer than somebody should wait; neither Prisma nor the pool has a code for that alone.
const NO_CONNECTION_LEFT =
  /Unable to start a transaction in the given time|timeout exceeded when trying to connect/;

/** Whether an error, or what caused it, says that the database cannot be reached at present. */
function isUnreachable(error: unknown, depth = 0): boolean {
  if (depth > 4 || typeof error !== "object" || error === null) return false;
  const { code, originalCode, kind, cause, meta, message } = error as Record<string, unknown>;
  if (typeof message === "string" && NO_CONNECTION_LEFT.test(message)) return true;
  if (typeof kind === "string" && UNREACHABLE_KIND.test(kind)) return true;
  if ([code, originalCode].some((value) => typeof value === "string" && UNREACHABLE.test(value))) return true;
  return [cause, (meta as Record<string, unknown> | undefined)?.driverAdapterError].some((inner) =>
    isUnreachable(inner, depth + 1),
  );
}

function toDomainError(error: unknown, requestId: string): DomainError {
  if (error instanceof DomainError) return error;
  // One line for the log, by name and code only: messages of drivers and ORMs quote parameters, and those may be secrets.
  const { name, code } = error as { name?: string; code?: string };
  const frame =
    error instanceof Error ? (error.stack ?? "").split("\n").find((line) => /^\s+at /.test(line)) : "";
  console.error(
    JSON.stringify({
      level: "error",
      msg: "request failed",
      requestId,
      error: name,
      code,
      at: frame?.trim(),
    }),
  );
  if (isUnreachable(error)) {
    return new DomainError("unavailable", "The database cannot be reached at present. Try again shortly.", {
      headers: { "retry-after": "5" },
    });
  }
  return new DomainError("internal", "Something went wrong here. The request ID helps to find out what.");
}

/** The one place where an error becomes HTTP. Anything that is not a DomainError is logged and says nothing. */
export function errorResponse(error: unknown, requestId: string): Response {
  const domain = toDomainError(error, requestId);
  return Response.json(errorEnvelope(domain.code, domain.message, requestId, domain.details), {
    status: API_ERROR_STATUS[domain.code],
    headers: { ...domain.headers, "x-request-id": requestId, "cache-control": "no-store" },
  });
}
