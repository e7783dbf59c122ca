import { uuidv7 } from "#lib/contract/uuid.ts";
import { routeFixture, type TenantObjects } from "../harness/tenant-objects.ts";

/** A way to use an endpoint that changes something, in a tenant that has one of everything. */
export type ChangeCase = {
  body?: (world: World) => unknown | Promise<unknown>;
  query?: (world: World) => unknown;
  /** Other values than the object that the matrix has for the path's parameter. */
  params?: (world: World) => Record<string, string> | Promise<Record<string, string>>;
  /** SQL that makes it possible, with the tenant as $1 and the object of the path as $2. */
  before?: string;
  /** Another endpoint that is used first. */
  first?: string;
  /** Who does it, other than the owner. */
  as?: "operator" | "colleague";
};
export type World = TenantObjects & {
  slug: string;
  draftVersion: () => Promise<number>;
  /** What the first endpoint answered. */
  earlier: { data?: Record<string, unknown> } | null;
};

const reason = () => ({ reason: "because" });
const dead = "UPDATE jobs SET state = 'dead' WHERE tenant_id = $1 AND id = $2";
const TOKEN = { name: "made", expiresInDays: 1 };
const run = ({ ids }: World) => ({ run: ids["dead-letters"], reason: "because", ratePerMinute: 1 });

/** Every endpoint that takes something other than GET: how to use it, or why it writes no entry. */
export const CHANGES: Record<string, ChangeCase | string> = {
  "PATCH /tenants/{tenant}": { body: () => ({ name: "Renamed" }) },
  "DELETE /tenants/{tenant}": { query: ({ slug }) => ({ confirm: slug }) },
  "POST /deleted-tenants/{slug}/restore": {
    before: "UPDATE tenants SET deleted_at = now() WHERE id = $1 AND $2::text IS NOT NULL",
    params: ({ slug }) => ({ slug }),
  },
  "POST /tenants": { body: () => ({ slug: `made-${uuidv7().slice(-12)}`, name: "Made" }) },
  "POST /tenants/{tenant}/tokens": { body: () => TOKEN },
  "POST /tenants/{tenant}/tokens/{id}/rotate": { body: () => ({}) },
  "DELETE /tenants/{tenant}/tokens/{id}": {},
  "POST /tenants/{tenant}/service-tokens": { body: () => ({ ...TOKEN, permissions: ["tenant.read"] }) },
  "POST /tenants/{tenant}/service-tokens/{id}/rotate": { body: () => ({}) },
  "DELETE /tenants/{tenant}/service-tokens/{id}": {},
  "POST /me/tokens": { body: () => TOKEN },
  "POST /me/tokens/{id}/rotate": { first: "POST /me/tokens", body: () => ({}) },
  "DELETE /me/tokens/{id}": { first: "POST /me/tokens" },
  "POST /tenants/{tenant}/members/leave": { as: "colleague" },
  "PATCH /tenants/{tenant}/members/{id}": { body: () => ({ role: "support" }) },
  "DELETE /tenants/{tenant}/members/{id}": {},
  "POST /tenants/{tenant}/members/{id}/hand-over": { body: () => ({}) },
  "POST /tenants/{tenant}/invitations": {
    body: () => ({ emails: ["new@people.example"], role: "viewer", sendMail: false }),
  },
  "DELETE /tenants/{tenant}/invitations/{id}": {},
  "POST /tenants/{tenant}/invitations/{id}/link": { body: () => ({}) },
  "POST /tenants/{tenant}/invitations/{id}/resend":
    "sends mail, and there is no mail server here; the same command as the link's",
  "PUT /tenants/{tenant}/security": {
    body: () => ({ requireTwoFactor: true, onlySso: false, ssoProviders: [], version: 1 }),
    before: "UPDATE users SET has_second_factor = true WHERE $1::uuid IS NOT NULL AND $2::text IS NOT NULL",
  },
  "POST /tenants/{tenant}/routes/bulk": {
    body: async ({ ids, draftVersion }) => ({
      ids: [ids.routes],
      change: { corsEnabled: false },
      draftVersion: await draftVersion(),
      count: 1,
    }),
  },
  "POST /tenants/{tenant}/routes": { body: () => ({ ...routeFixture, path: "/made" }) },
  "PUT /tenants/{tenant}/routes/{id}": { body: () => ({ ...routeFixture, path: "/moved", version: 1 }) },
  "DELETE /tenants/{tenant}/routes/{id}": {},
  "POST /tenants/{tenant}/openapi/import": {
    body: async ({ draftVersion }) => ({
      document: JSON.stringify({
        openapi: "3.1.0",
        info: { title: "T", version: "1" },
        paths: { "/imported": { get: { responses: { 200: { description: "fine" } } } } },
      }),
      target: { type: "function", function: "hello" },
      draftVersion: await draftVersion(),
    }),
  },
  "POST /tenants/{tenant}/draft/reset": {
    body: async ({ draftVersion }) => ({ draftVersion: await draftVersion(), revision: 1, routeIds: null }),
  },
  "POST /tenants/{tenant}/draft/undo": {
    first: "POST /tenants/{tenant}/draft/reset",
    body: ({ earlier }) => ({ undoId: earlier?.data?.undoId }),
  },
  "POST /tenants/{tenant}/draft/import":
    "takes a document with its hash; the same command as a reset, and its entry is held in lib/publishing",
  "POST /tenants/{tenant}/publish": {
    before:
      "INSERT INTO functions (name) SELECT 'hello' WHERE $1::uuid IS NOT NULL AND $2::text IS NOT NULL ON CONFLICT DO NOTHING",
    body: async ({ draftVersion }) => ({ draftVersion: await draftVersion() }),
  },
  "POST /tenants/{tenant}/revisions/{number}/rollback": {
    first: "POST /tenants/{tenant}/publish",
    params: () => ({ number: "1" }),
    body: () => ({ note: "back" }),
  },
  "POST /tenants/{tenant}/keys": { body: () => ({ name: "made" }) },
  "POST /tenants/{tenant}/keys/revoke": {
    body: ({ ids }) => ({ keys: { ids: [ids.keys] }, dryRun: false, expected: 1, reason: "because" }),
  },
  "PATCH /tenants/{tenant}/keys/{id}": { body: () => ({ name: "renamed", version: 1 }) },
  "POST /tenants/{tenant}/keys/{id}/rotate": { body: () => ({ graceSeconds: 60 }) },
  "POST /tenants/{tenant}/keys/{id}/grace": {
    first: "POST /tenants/{tenant}/keys/{id}/rotate",
    body: () => ({ graceSeconds: 30 }),
  },
  "POST /tenants/{tenant}/keys/{id}/revoke": { body: reason },
  "POST /tenants/{tenant}/claims": { body: () => ({ name: "made" }) },
  "DELETE /tenants/{tenant}/claims/{id}": {},
  "POST /tenants/{tenant}/issuers": {
    body: () => ({
      name: "made",
      iss: "https://made.example",
      audiences: ["api"],
      kind: "secret",
      secret: "Zq3vN8xK1mW5tR7yB2cD4fG6hJ9kL0pS",
    }),
  },
  "PATCH /tenants/{tenant}/issuers/{id}": {
    body: () => ({ secret: "Zq3vN8xK1mW5tR7yB2cD4fG6hJ9kL0pT", version: 1 }),
  },
  "DELETE /tenants/{tenant}/issuers/{id}": {},
  "POST /tenants/{tenant}/jobs/{id}/reveal": { body: reason },
  "PUT /tenants/{tenant}/job-mask-rules": { body: () => ({ rules: ["a.secret"] }) },
  "POST /tenants/{tenant}/jobs/{id}/retry": { before: dead, body: reason },
  "POST /tenants/{tenant}/jobs/{id}/cancel": {
    before: "UPDATE jobs SET state = 'queued', finished_at = NULL WHERE tenant_id = $1 AND id = $2",
    body: reason,
  },
  "POST /tenants/{tenant}/jobs/{id}/discard": { before: dead, body: reason },
  "POST /tenants/{tenant}/jobs/{id}/hold": { body: reason },
  "POST /tenants/{tenant}/jobs/{id}/release": {
    first: "POST /tenants/{tenant}/jobs/{id}/hold",
    body: reason,
  },
  "PUT /tenants/{tenant}/job-settings": {
    body: () => ({ retentionDays: { succeeded: 3, dead: 4, closed: 5 }, version: 0 }),
  },
  "POST /tenants/{tenant}/job-views": { body: () => ({ name: "made", filters: { state: "dead" } }) },
  "PATCH /tenants/{tenant}/job-views/{id}": { body: () => ({ name: "renamed" }) },
  "DELETE /tenants/{tenant}/job-views/{id}": {},
  "POST /tenants/{tenant}/dead-letters/requeue": { body: run },
  "POST /tenants/{tenant}/dead-letters/discard": {
    body: ({ ids }) => ({ ids: [ids.jobs], reason: "because" }),
  },
  "POST /tenants/{tenant}/dead-letters/runs/{id}/pause": {
    first: "POST /tenants/{tenant}/dead-letters/requeue",
    body: reason,
  },
  "POST /tenants/{tenant}/dead-letters/runs/{id}/resume": {
    first: "POST /tenants/{tenant}/dead-letters/runs/{id}/pause",
    body: reason,
  },
  "POST /tenants/{tenant}/dead-letters/runs/{id}/abort": {
    first: "POST /tenants/{tenant}/dead-letters/requeue",
    body: reason,
  },
  "POST /tenants/{tenant}/webhooks": { body: () => ({ url: "https://made.example/", events: ["job.dead"] }) },
  "PATCH /tenants/{tenant}/webhooks/{id}": { body: () => ({ description: "changed", version: 1 }) },
  "POST /tenants/{tenant}/webhooks/{id}/rotate": { body: () => ({ overlapHours: 1 }) },
  "POST /tenants/{tenant}/webhooks/{id}/test": {
    before:
      "UPDATE webhook_deliveries SET state = 'failed', finished_at = now() WHERE tenant_id = $1 AND endpoint_id = $2",
    body: () => ({}),
  },
  "DELETE /tenants/{tenant}/webhooks/{id}": {},
  "POST /tenants/{tenant}/deliveries/{id}/redeliver": {
    before:
      "UPDATE webhook_deliveries SET state = 'failed', finished_at = now() WHERE tenant_id = $1 AND id = $2",
    body: () => ({}),
  },
  "POST /tenants/{tenant}/alert-rules": { body: () => ({ name: "made", kind: "age", maxAgeHours: 1 }) },
  "PATCH /tenants/{tenant}/alert-rules/{id}": { body: () => ({ name: "renamed", version: 1 }) },
  "DELETE /tenants/{tenant}/alert-rules/{id}": {},
  "POST /tenants/{tenant}/alerts/{id}/acknowledge": { body: () => ({}) },
  "POST /tenants/{tenant}/alerts/{id}/snooze": { body: () => ({ minutes: 60 }) },
  "POST /tenants/{tenant}/support-sessions/{id}/end": { body: () => ({}) },
  "PUT /tenants/{tenant}/support-access": { body: () => ({ allowed: false }) },
  "POST /support/sessions": {
    as: "operator",
    body: ({ slug }) => ({ tenant: slug, mode: "read", reason: "a ticket", minutes: 15 }),
  },
  "POST /support/sessions/{id}/end":
    "only its own operator ends it; held in lib/support/support.integration.test.ts",
  "PATCH /me": { body: () => ({ name: "Another" }) },
  "POST /me/sign-out-everywhere": { body: () => ({}) },
  "POST /me/sessions/end-others": {
    before: `INSERT INTO sessions (id, user_id, expires_at) SELECT gen_random_uuid(), user_id, now() + interval '1 day'
      FROM memberships WHERE tenant_id = $1 AND role = 'owner' AND $2::text IS NOT NULL`,
    body: () => ({}),
  },
  "POST /me/email": "sends mail, and there is no mail server here; held in lib/sign-in",
  "DELETE /me/email": "takes back what only a mail begins; held in lib/sign-in",
  "POST /me/email/send": "sends mail and changes nothing that outlives it; held in lib/sign-in",
  "POST /me/email/verify": "takes a secret that only a mail holds; held in lib/sign-in",
  "POST /me/password": "takes the old password; held in lib/sign-in",
  "DELETE /me/sessions/{id}": "needs a browser session; held in lib/sign-in",
  "POST /me/confirm": "proves who somebody is again; held in lib/sign-in",
  "POST /me/second-factors/totp": "begins what the confirmation makes; nothing is in force yet",
  "POST /me/second-factors/totp/confirm": "takes a code of an app; held in lib/second-factors",
  "DELETE /me/second-factors/totp": "needs an app; held in lib/second-factors",
  "POST /me/second-factors/recovery-codes": "needs a second factor; held in lib/second-factors",
  "POST /me/passkeys": "takes an authenticator's answer; held in lib/second-factors",
  "PATCH /me/passkeys/{id}": { body: () => ({ name: "renamed" }) },
  "DELETE /me/passkeys/{id}": "needs another way to sign in; held in lib/second-factors",
  "POST /me/identities/errands": "begins a visit to a provider; nothing is linked yet",
  "DELETE /me/identities/{id}": "needs a provider; held in lib/identities",
  "POST /support/installation/test-mail": "sends mail to whoever asks and changes nothing",
  "POST /support/installation/check-provider": "asks a provider and changes nothing",
  "POST /support/operators": "needs a browser session; held in lib/installation",
  "POST /support/operators/{id}/revoke": "needs a browser session; held in lib/installation",
  "POST /join/accept": "takes a link's secret; held in lib/invitations",
  ...Object.fromEntries(
    [
      "/tenants/{tenant}/schema-check",
      "/tenants/{tenant}/openapi/preview",
      "/tenants/{tenant}/lint",
      "/tenants/{tenant}/explain",
      "/tenants/{tenant}/keys/lookup",
      "/tenants/{tenant}/keys/reach",
      "/tenants/{tenant}/issuers/check-token",
      "/tenants/{tenant}/issuers/{id}/check",
      "/tenants/{tenant}/dead-letters/preview",
      "/support/keys/lookup",
      "/me/password/check",
      "/me/passkeys/challenge",
      "/me/confirm/challenge",
    ].map((path) => [`POST ${path}`, "a question that is too long for an address: it changes nothing"]),
  ),
  ...Object.fromEntries(
    [
      "/password-resets",
      "/password-resets/open",
      "/password-resets/use",
      "/sign-in/passkey/challenge",
      "/sign-in/passkey",
      "/sign-in/second-factor/challenge",
      "/sign-in/second-factor",
      "/join/open",
      "/join/sign-up",
      "/claim/open",
      "/claim/reveal",
    ].map((path) => [
      `POST ${path}`,
      "for whoever holds a secret and is nobody yet; held beside its command",
    ]),
  ),
};
