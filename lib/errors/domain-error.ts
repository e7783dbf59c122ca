import type { ErrorDetail } from "#lib/contract/errors.ts";

/** Every error the management API answers with, and its HTTP status. */
export const API_ERROR_STATUS = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  /** The person has to prove again that it is them; the console asks, and sends the same call once more. */
  confirmation_required: 403,
  /** The tenant asks for a second factor, or for its identity provider, and the session has not got it. */
  two_factor_required: 403,
  sso_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  invalid_input: 422,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ApiErrorCode = keyof typeof API_ERROR_STATUS;

type Extras = { details?: ErrorDetail[]; headers?: Record<string, string> };

/** What a command or query throws when it will not do what was asked. lib/api turns it into HTTP, in one place. */
export class DomainError extends Error {
  readonly code: ApiErrorCode;
  readonly details: ErrorDetail[];
  readonly headers: Record<string, string>;

  constructor(code: ApiErrorCode, message: string, extras: Extras = {}) {
    super(message);
    this.name = "DomainError";
    this.code = code;
    this.details = extras.details ?? [];
    this.headers = extras.headers ?? {};
  }
}

/** 404, the same whether the thing does not exist or belongs to somebody else. `what` as in "route". */
export const notFound = (what: string) => new DomainError("not_found", `There is no such ${what}.`);

/** 409: the state does not allow it, or somebody else was faster. */
export const conflict = (message: string, details?: ErrorDetail[]) =>
  new DomainError("conflict", message, details ? { details } : {});

/** 409 for a stale edit; tells the version that is current now. */
export const staleVersion = (current: number | bigint) =>
  new DomainError("conflict", "Somebody else changed this since you loaded it.", {
    details: [{ path: "version", message: `The current version is ${current}.` }],
  });

/** 422 with the place and what is wrong there. */
export const invalid = (details: ErrorDetail[], message = "Some fields are not right.") =>
  new DomainError("invalid_input", message, { details });
