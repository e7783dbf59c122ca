import type { ErrorDetail } from "#lib/contract/errors.ts";
import { queryString } from "#lib/paths.ts";

/** An answer of the management API that is not a success, or (status 0) no answer at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when nothing came back. */
  readonly status: number;
  /** The envelope's machine-readable code; `unreachable` when nothing came back. */
  readonly code: string;
  /** What to quote to whoever runs the installation; null when the request never arrived. */
  readonly requestId: string | null;
  /** What is wrong where in the input. */
  readonly details: ErrorDetail[];
  /** Seconds to wait before trying again, when the server said so. */
  readonly retryAfter: number | null;

  constructor(fields: {
    status: number;
    code: string;
    message: string;
    requestId?: string | null;
    details?: ErrorDetail[];
    retryAfter?: number | null;
  }) {
    super(fields.message);
    this.status = fields.status;
    this.code = fields.code;
    this.requestId = fields.requestId ?? null;
    this.details = fields.details ?? [];
    this.retryAfter = fields.retryAfter ?? null;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;
export type RequestOptions = {
  query?: Query;
  signal?: AbortSignal;
  /** The version that the person saw; a stale one answers 409 `conflict`. */
  ifMatch?: string | number;
};

/** One page of a list and the cursor of the next, null on the last. */
export type Page<T> = { data: T[]; nextCursor: string | null };

type Body = { data?: unknown; next_cursor?: string | null; error?: Partial<ApiErrorBody> };
type ApiErrorBody = { code: string; message: string; requestId: string; details: ErrorDetail[] };

/** Asks the person to prove that it is them; true when they did. */
type AskToConfirm = () => Promise<boolean>;
let askToConfirm: AskToConfirm | null = null;
let asked: Promise<boolean> | null = null;
/** How often somebody did prove it. */
let confirmations = 0;

/** Says who asks when a call is answered `confirmation_required`; null when nobody does any more. */
export function onConfirmationRequired(ask: AskToConfirm | null): void {
  askToConfirm = ask;
}

async function confirmOnce(ask: AskToConfirm): Promise<boolean> {
  try {
    const confirmed = await ask();
    if (confirmed) confirmations++;
    return confirmed;
  } finally {
    asked = null;
  }
}

/**
 * Sends a call, and once more when the person had to prove first that it is them. Calls that wait at the same moment
 * share one question, and one that was under way while it was answered asks no second; whoever declines gets the refusal.
 */
async function call(...sent: Parameters<typeof send>): Promise<Body> {
  const before = confirmations;
  try {
    return await send(...sent);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "confirmation_required" && askToConfirm)) throw error;
    if (confirmations === before) {
      asked ??= confirmOnce(askToConfirm);
      if (!(await asked)) throw error;
    }
    return send(...sent);
  }
}

async function send(method: string, path: string, body: unknown, options: RequestOptions): Promise<Body> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (options.ifMatch !== undefined) headers["if-match"] = `"${options.ifMatch}"`;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}${queryString(options.query ?? {})}`, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({
      status: 0,
      code: "unreachable",
      message: "The console's server could not be reached.",
    });
  }
  const parsed = response.status === 204 ? {} : await readJson(response);
  if (response.ok && parsed) return parsed;
  const error = parsed?.error;
  const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  throw new ApiError({
    status: response.status,
    code: error?.code ?? "bad_answer",
    message:
      error?.message ?? `The console's server gave an answer that makes no sense (${response.status}).`,
    requestId: error?.requestId ?? response.headers.get("x-request-id"),
    details: error?.details ?? [],
    retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
  });
}

async function readJson(response: Response): Promise<Body | null> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? (value as Body) : null;
  } catch {
    return null;
  }
}

/**
 * The management API as the browser uses it. Paths are relative to `/api/v1` and begin with a slash
 * (`/tenants/acme/routes`); the session cookie goes along. `T` is what the envelope's `data` holds; an answer without
 * a body gives undefined. Throws ApiError.
 */
export const api = {
  get: async <T>(path: string, options: RequestOptions = {}) =>
    (await call("GET", path, undefined, options)).data as T,
  /** An answer that is a document of its own, without an envelope. */
  whole: async <T>(path: string, options: RequestOptions = {}) =>
    (await call("GET", path, undefined, options)) as T,
  /** A list's page. */
  page: async <T>(path: string, options: RequestOptions = {}): Promise<Page<T>> => {
    const body = await call("GET", path, undefined, options);
    return { data: (body.data ?? []) as T[], nextCursor: body.next_cursor ?? null };
  },
  post: async <T>(path: string, body: unknown = {}, options: RequestOptions = {}) =>
    (await call("POST", path, body, options)).data as T,
  put: async <T>(path: string, body: unknown, options: RequestOptions = {}) =>
    (await call("PUT", path, body, options)).data as T,
  patch: async <T>(path: string, body: unknown, options: RequestOptions = {}) =>
    (await call("PATCH", path, body, options)).data as T,
  delete: async <T = undefined>(path: string, options: RequestOptions = {}) =>
    (await call("DELETE", path, undefined, options)).data as T,
};
