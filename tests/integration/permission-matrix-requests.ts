import assert from "node:assert/strict";
import { dispatch } from "#lib/api/dispatch.ts";
import type { Endpoint } from "#lib/api/endpoint.ts";
import { endpoints } from "#lib/api/endpoints/index.ts";
import { routeFixture, type TenantObjects } from "#tests/harness/tenant-objects.ts";
import type { Caller } from "./permission-matrix-callers.ts";

export const ORIGIN = "http://127.0.0.1:3000";

/** Endpoints that need no credentials, each with why. One that is not here fails the build. */
export const PUBLIC: Record<string, string> = {
  "GET /openapi.json": "says what the API looks like, and nothing of anybody",
  "POST /password-resets": "whoever forgot their password; answers the same for every address",
  "POST /password-resets/open": "the secret of the mailed link stands for the person",
  "POST /password-resets/use": "the secret of the mailed link stands for the person",
  "POST /sign-in/passkey/challenge": "a challenge is for whoever signs in",
  "POST /sign-in/passkey": "the passkey's signature is the proof",
  "POST /sign-in/second-factor/challenge": "a session whose second factor is due is nobody's yet",
  "POST /sign-in/second-factor": "a session whose second factor is due is nobody's yet",
  "POST /join/open": "the invitation's secret is the proof",
  "POST /join/sign-up": "the invitation's secret is the proof",
  "POST /claim/open": "the claim link's secret is the proof",
  "POST /claim/reveal": "the claim link's secret is the proof",
};

export const title = (endpoint: Endpoint) => `${endpoint.method} ${endpoint.path}`;
export const changes = ({ method }: Endpoint) => method !== "GET";

const ofKind = (kind: Endpoint["access"]["kind"]) => endpoints.filter(({ access }) => access.kind === kind);
export const publicEndpoints = ofKind("public");
export const personEndpoints = ofKind("person");
export const operatorEndpoints = ofKind("operator");
export const tenantEndpoints = ofKind("tenant");
export const closedEndpoints = endpoints.filter(({ access }) => access.kind !== "public");

/** Fills a path's parameters with objects that exist in the given tenant. */
export function pathOf(endpoint: Endpoint, tenant: string, objects: TenantObjects): string {
  return endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "tenant" || name === "slug") return tenant;
    if (name === "fingerprint") return "f";
    if (name === "number") return "1";
    const noun = endpoint.path.split("/").at(/^\/(me|support)\//.test(endpoint.path) ? 2 : 3) as string;
    const id = objects.ids[noun];
    assert.ok(id, `the matrix has no ${noun} to put into ${endpoint.path}: add one to seedObjects`);
    return id;
  });
}

export type Sent = { as?: Caller; body?: unknown; raw?: string; headers?: Record<string, string> };

/** What an endpoint answers. With a cookie a change says that it comes from the console's own page, unless told not to. */
export async function send(endpoint: Endpoint, path: string, { as = {}, body, raw, headers }: Sent = {}) {
  const hasBody = changes(endpoint) && endpoint.method !== "DELETE";
  const sent = new Headers({ ...as });
  if (hasBody) sent.set("content-type", "application/json");
  if (as.cookie && changes(endpoint)) sent.set("origin", ORIGIN);
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === "") sent.delete(name);
    else sent.set(name, value);
  }
  const response = await dispatch(
    new Request(`${ORIGIN}/api/v1${path}`, {
      method: endpoint.method,
      headers: sent,
      ...(hasBody ? { body: raw ?? JSON.stringify(body === undefined ? {} : body) } : {}),
    }),
  );
  const text = await response.text();
  const json = text === "" ? null : readJson(text);
  assert.ok(response.headers.get("x-request-id"), "every answer carries a request ID");
  if (response.status >= 400) {
    assert.equal(typeof json.error.code, "string");
    assert.equal(json.error.requestId, response.headers.get("x-request-id"));
  }
  assert.notEqual(response.status, 500, `${endpoint.method} ${path}: ${text.slice(0, 500)}`);
  return { status: response.status, json, headers: response.headers };
}

/** Exports are not JSON; nobody here looks into them. */
function readJson(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A body that the endpoint would take, so that only the object's owner can be what stops it. */
export function validBody({ path }: Endpoint): unknown {
  if (path.endsWith("/routes/{id}")) return { ...routeFixture, version: 1 };
  if (path.endsWith("/issuers/{id}")) return { name: "renamed", version: 1 };
  if (path.endsWith("/issuers/{id}/check")) return {};
  if (/\/(webhooks|alert-rules)\/\{id\}$/.test(path)) return { version: 1 };
  if (/-?tokens\/\{id\}\/rotate$/.test(path)) return {};
  if (path.endsWith("/webhooks/{id}/rotate")) return { overlapHours: 1 };
  if (/\/(test|redeliver|acknowledge)$/.test(path)) return {};
  if (path.endsWith("/alerts/{id}/snooze")) return { minutes: 60 };
  if (/\/(job-views|passkeys)\/\{id\}$/.test(path)) return { name: "renamed" };
  if (path.endsWith("/members/{id}")) return { role: "viewer" };
  if (/\/(invitations\/|members\/\{id\}\/hand-over$|members\/leave$)/.test(path)) return {};
  if (path.endsWith("/keys/{id}")) return { name: "renamed", version: 1 };
  if (path.endsWith("/keys/lookup")) return { sha256: "0".repeat(64) };
  if (/\/(rotate|grace)$/.test(path)) return { graceSeconds: 60 };
  if (path.includes("/support-sessions/")) return {};
  if (path.endsWith("/support-access")) return { allowed: true };
  return { reason: "because" };
}

/** Asks for each of them, a few at a time: most of a request's time is the database's. */
export async function forEachOf<T>(items: readonly T[], ask: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const work = async () => {
    for (const item of waiting) await ask(item);
  };
  await Promise.all(Array.from({ length: 6 }, work));
}
