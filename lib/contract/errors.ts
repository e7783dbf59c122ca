/** One entry of `details` in an error envelope: where in the input, and what is wrong there. */
export type ErrorDetail = { path: string; message: string };

/** What every error answer of either plane looks like on the wire. */
export type ErrorEnvelope = {
  error: { code: string; message: string; requestId: string; details?: ErrorDetail[] };
};

/** Every error the gateway itself answers with, and its HTTP status. */
export const GATEWAY_ERROR_STATUS = {
  bad_request: 400,
  version_required: 400,
  unsupported_version: 400,
  missing_credentials: 401,
  invalid_api_key: 401,
  expired_api_key: 401,
  revoked_api_key: 401,
  invalid_token: 401,
  expired_token: 401,
  key_not_allowed: 403,
  request_not_authorized: 403,
  insufficient_scope: 403,
  tenant_not_found: 404,
  route_not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  invalid_body: 422,
  invalid_query: 422,
  rate_limited: 429,
  target_error: 502,
  unavailable: 503,
  target_timeout: 504,
} as const satisfies Record<string, number>;

export type GatewayErrorCode = keyof typeof GATEWAY_ERROR_STATUS;

/** Builds the envelope; `details` is left out when there are none. */
export function errorEnvelope(
  code: string,
  message: string,
  requestId: string,
  details?: ErrorDetail[],
): ErrorEnvelope {
  return { error: { code, message, requestId, ...(details?.length ? { details } : {}) } };
}

/** What React is given as the number of an error that says the database cannot be asked: all that a page learns of it. */
export const UNREACHABLE_DIGEST = "DATABASE_UNREACHABLE";
