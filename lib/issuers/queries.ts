import { z } from "zod";
import type { TenantActor } from "#lib/access/actor.ts";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { scopesOf, type TokenLookup } from "#lib/contract/bearer.ts";
import type { IssuerKind } from "#lib/contract/issuer.ts";
import { verifyToken } from "#lib/contract/token-verification.ts";
import type { Prisma } from "#lib/db/client.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { type LoadedRoutes, loadDraft, loadRevision } from "#lib/publishing/loaded.ts";
import { consoleKeySets, consoleKeySource, type IssuerWithKeys, secretReadProblem } from "./keys.ts";
import { MAX_ISSUERS } from "./rules.ts";
import type { BearerRoutes, IssuerView, KeySetCheck, TokenCheckView } from "./schema.ts";

export type IssuerRow = Prisma.IssuerGetPayload<object>;

export function toIssuerWithKeys(row: IssuerRow): IssuerWithKeys {
  const { secret, secretKeyId } = row;
  return {
    id: row.id,
    tenantId: row.tenantId,
    name: row.name,
    iss: row.iss,
    audiences: row.audiences,
    kind: row.kind as IssuerKind,
    jwksUrl: row.jwksUrl,
    sealed: secret && secretKeyId ? { keyId: secretKeyId, sealed: secret } : null,
    algorithms: row.algorithms,
    clockSkewSeconds: row.clockSkewSeconds,
  };
}

/** What may be shown of a stored issuer. */
export function toIssuerView(row: IssuerRow): IssuerView {
  return {
    id: row.id,
    name: row.name,
    iss: row.iss,
    audiences: row.audiences,
    kind: row.kind as IssuerKind,
    jwksUrl: row.jwksUrl,
    algorithms: row.algorithms,
    clockSkewSeconds: row.clockSkewSeconds,
    enabled: row.enabled,
    problem: secretReadProblem(toIssuerWithKeys(row)),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdByLabel,
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}

type ListInput = { limit: number; cursor?: string | undefined };

/** One page of issuers, newest first. */
export const listIssuers = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  const after = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  const older = after && {
    OR: [{ createdAt: { lt: after[0] } }, { createdAt: after[0], id: { lt: after[1] } }],
  };
  const rows = await tx.issuer.findMany({
    where: { tenantId: actor.tenant.id, deletedAt: null, ...older },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
  });
  return toPage(rows, input.limit, (row) => [row.createdAt.toISOString(), row.id], toIssuerView);
});

/** One issuer. Throws `not_found`. */
export const getIssuer = defineQuery("tenant.read", async ({ tx, actor }, input: { id: string }) => {
  const row = await tx.issuer.findFirst({
    where: { id: input.id, tenantId: actor.tenant.id, deletedAt: null },
  });
  if (!row) throw notFound("issuer");
  return toIssuerView(row);
});

const MOST_EXAMPLES = 5;

/** Which routes lose callers when an issuer goes. */
export const bearerRoutes = defineQuery("tenant.read", async ({ tx, actor }): Promise<BearerRoutes> => {
  const tenantId = actor.tenant.id;
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
  const asking = ({ routes }: LoadedRoutes) =>
    routes.filter(({ enabled, auth }) => enabled && auth.mode === "bearer");
  const live = asking(await loadRevision(tx, tenantId, tenant?.liveRevision ?? null));
  const draft = asking(await loadDraft(tx, tenantId));
  const named = new Map([...draft, ...live].map((route) => [route.id, route]));
  const examples = [...live, ...draft.filter(({ id }) => !live.some((route) => route.id === id))];
  return {
    live: live.length,
    draft: draft.length,
    examples: examples.slice(0, MOST_EXAMPLES).map(({ id }) => {
      const { method = "", path = "" } = named.get(id) ?? {};
      return { id, method, path };
    }),
  };
});

const issuersInForce = defineQuery("request.explain", async ({ tx, actor }) => {
  const rows = await tx.issuer.findMany({
    where: { tenantId: actor.tenant.id, deletedAt: null, enabled: true },
    take: MAX_ISSUERS,
  });
  return rows.map(toIssuerWithKeys);
});

export type TokenCheck = {
  lookup: Exclude<TokenLookup, "unresolved">;
  issuer: { id: string; name: string } | null;
};

/**
 * Verifies a token with the tenant's issuers as a gateway would. Nothing of it is kept. Issuers are asked for their
 * keys outside any transaction, so that a slow one holds no connection.
 */
export async function checkToken(actor: TenantActor, token: string): Promise<TokenCheck> {
  const issuers = await issuersInForce(actor, undefined);
  const { lookup, issuer } = await verifyToken(token, issuers, consoleKeySource, Date.now());
  return { lookup, issuer: issuer && { id: issuer.id, name: issuer.name } };
}

/** The same, as the API answers it. */
export async function describeToken(actor: TenantActor, token: string): Promise<TokenCheckView> {
  const { lookup, issuer } = await checkToken(actor, token);
  if (lookup === "unavailable") {
    const message = "The issuer's keys cannot be had at the moment, so gateways may answer 503.";
    return { outcome: "unavailable", code: "unavailable", message, issuer, claims: null, scopes: [] };
  }
  if (lookup.kind === "refused") {
    return {
      outcome: "refused",
      code: lookup.code,
      message: lookup.message,
      issuer,
      claims: null,
      scopes: [],
    };
  }
  return {
    outcome: "valid",
    code: null,
    message: "The token is good.",
    issuer,
    claims: lookup.claims as TokenCheckView["claims"],
    scopes: [...scopesOf(lookup.claims)],
  };
}

const issuerToCheck = defineQuery("key.manage", async ({ tx, actor }, input: { id: string }) => {
  const row = await tx.issuer.findFirst({
    where: { id: input.id, tenantId: actor.tenant.id, deletedAt: null },
  });
  if (!row) throw notFound("issuer");
  return toIssuerWithKeys(row);
});

/** Asks an issuer's address for its keys now, from the console. Throws `not_found`, or `conflict` without an address. */
export async function checkKeySet(actor: TenantActor, input: { id: string }): Promise<KeySetCheck> {
  const issuer = await issuerToCheck(actor, input);
  if (issuer.jwksUrl === null) throw conflict("This issuer has a shared secret and no address to ask.");
  const { keySet, error } = await consoleKeySets().of(issuer, issuer.jwksUrl).check();
  return {
    error,
    keys: (keySet?.keys ?? []).map(({ kid, kty, alg }) => ({
      kid: kid ?? null,
      type: kty,
      algorithm: alg ?? null,
    })),
    ignored: keySet?.ignored ?? 0,
    checkedAt: new Date().toISOString(),
  };
}
