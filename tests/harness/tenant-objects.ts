import { randomBytes } from "node:crypto";
import pg from "pg";
import type { TenantPerson } from "#lib/access/actor.ts";
import { createAlertRule } from "#lib/alerts/commands.ts";
import { newAlertRuleSchema } from "#lib/alerts/schema.ts";
import { createClaim } from "#lib/claims/commands.ts";
import { newClaimSchema } from "#lib/claims/schema.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { withTenant, withUser } from "#lib/db/scope.ts";
import { prepareRun } from "#lib/dead-letters/commands.ts";
import { createInvitations } from "#lib/invitations/commands.ts";
import { newInvitationsSchema } from "#lib/invitations/schema.ts";
import { createIssuer } from "#lib/issuers/commands.ts";
import { newIssuerSchema } from "#lib/issuers/schema.ts";
import { createView } from "#lib/job-views/commands.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { startSupportSession } from "#lib/support/commands.ts";
import { mintServiceToken, mintToken } from "#lib/tokens/commands.ts";
import { createEndpoint, testEndpoint } from "#lib/webhooks/commands.ts";
import { newEndpointSchema } from "#lib/webhooks/schema.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A tenant that has one of everything; `ids` by the noun of the API's paths. */
export type TenantObjects = { actor: TenantPerson; ids: Record<string, string> };

export const routeFixture = {
  method: "GET",
  path: "/fixture",
  target: { type: "function", function: "hello" },
} as const;

/** Makes a tenant with a route, a revision, a key, a dead job and a token. */
export async function seedObjects(plane: ControlPlane, slug: string): Promise<TenantObjects> {
  const { actor } = await plane.tenant(slug);
  const route = await createRoute(actor, routeFieldsSchema.parse(routeFixture));
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
  const changed = await createRoute(
    actor,
    routeFieldsSchema.parse({ ...routeFixture, path: "/unpublished" }),
  );
  const key = await mintKey(actor, { name: "k", description: "", authorizedRequests: null, expiresAt: null });
  const claim = await createClaim(actor, newClaimSchema.parse({ name: "c" }));
  const token = await mintToken(actor, { name: "t", expiresInDays: 1, tenantId: actor.tenant.id });
  const service = await mintServiceToken(actor, {
    name: "s",
    expiresInDays: 1,
    permissions: ["tenant.read"],
  });
  const issuer = await createIssuer(
    actor,
    newIssuerSchema.parse({
      name: "i",
      iss: "https://issuer.example",
      audiences: ["api"],
      kind: "secret",
      secret: "s".repeat(32),
    }),
  );
  const stay = await startSupportSession(await plane.operator(), {
    tenant: slug,
    mode: "read",
    reason: "a ticket",
    minutes: 60,
  });
  const webhook = await createEndpoint(
    actor,
    newEndpointSchema.parse({ url: "https://hooks.example/", events: ["job.dead"] }),
  );
  const delivery = await testEndpoint(actor, { id: webhook.id });
  const rule = await createAlertRule(
    actor,
    newAlertRuleSchema.parse({ name: "r", kind: "age", maxAgeHours: 1 }),
  );
  const alert = uuidv7();
  const view = await createView(actor, { name: "v", shared: true, filters: { state: "dead" } });
  const colleague = await plane.member(actor, "viewer");
  const invited = newInvitationsSchema.parse({ emails: [`${slug}@invited.example`], role: "viewer" });
  const [invitation] = await createInvitations(actor, { ...invited, sendMail: false });
  const job = uuidv7();
  const client = new pg.Client({ connectionString: plane.database.superuserUrl });
  await client.connect();
  await client.query(
    `INSERT INTO jobs (id, tenant_id, function, state, input, error, error_fingerprint, attempts, finished_at, request_id)
     VALUES ($1, $2, 'hello', 'dead', '{}', '{"name":"Error","message":"no","stack":""}', 'f', 5, now(), $3)`,
    [job, actor.tenant.id, randomBytes(8).toString("hex")],
  );
  await client.query(
    `INSERT INTO alerts (id, tenant_id, rule_id, kind, name, summary, opened_at)
     VALUES ($1, $2, $3, 'age', 'r', 'old', now())`,
    [alert, actor.tenant.id, rule.id],
  );
  await client.end();
  const passkey = uuidv7();
  await withUser(actor.userId, (tx) =>
    tx.passkey.createMany({
      data: [
        {
          id: passkey,
          userId: actor.userId,
          credentialId: randomBytes(16),
          publicKey: randomBytes(77),
          counter: 0n,
          backedUp: false,
          name: "p",
        },
      ],
    }),
  );
  const identity = uuidv7();
  await withUser(actor.userId, (tx) =>
    tx.userIdentity.createMany({
      data: [
        {
          id: identity,
          userId: actor.userId,
          provider: "corp",
          issuer: "https://login.example",
          subject: identity,
          identityHash: randomBytes(32),
        },
      ],
    }),
  );
  const entry = await withTenant(actor, (tx) => tx.auditEntry.findFirstOrThrow({ select: { id: true } }));
  const run = await prepareRun(actor, { action: "requeue", selection: { by: "ids", ids: [job] } });
  return {
    actor,
    ids: {
      refusals: "a-request",
      routes: route.id,
      changes: changed.id,
      keys: key.id,
      claims: claim.id,
      members: colleague.userId as string,
      invitations: invitation?.id as string,
      issuers: issuer.id,
      jobs: job,
      "job-views": view.id,
      webhooks: webhook.id,
      deliveries: delivery.id,
      "alert-rules": rule.id,
      alerts: alert,
      "dead-letters": run.id,
      audit: entry.id,
      tokens: token.id,
      "service-tokens": service.id,
      passkeys: passkey,
      identities: identity,
      operators: actor.userId as string,
      "support-sessions": stay.id,
      sessions: stay.id,
    },
  };
}
