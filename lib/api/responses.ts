import { errorEnvelope } from "#lib/contract/errors.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { API_ERROR_STATUS, DomainError } from "#lib/errors/domain-error.ts";
import { isUnreachable } from "#lib/errors/unreachable.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;

/** The caller's request ID when it is well formed, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given && REQUEST_ID.test(given) ? given : uuidv7();
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
