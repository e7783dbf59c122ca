import { createHash, randomBytes } from "node:crypto";
import { actorLabel } from "#lib/access/actor.ts";
import { type Outsider, writeAudit } from "#lib/audit/audit.ts";
import { defineCommand } from "#lib/command/define.ts";
import type { AuthorizedRequest } from "#lib/contract/authorized-requests.ts";
import { CHANNELS } from "#lib/contract/channels.ts";
import { formatCredential, isWellFormedCredential } from "#lib/contract/credential.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { enterTenantOf, withCredential } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { issueKey, lockKey, replaceKey } from "#lib/keys/commands.ts";
import { keyStatus, whyNotRotate } from "#lib/keys/rules.ts";
import { paths } from "#lib/paths.ts";
import { whatItOpens } from "./opens.ts";
import { type ClaimRow, toClaim } from "./queries.ts";
import { claimStatus, isAlive, whyNotCancel } from "./rules.ts";
import type { Claim, NewClaim, NewClaimLink, OpenedClaim, RevealedClaim } from "./schema.ts";

const HOUR_MS = 3_600_000;
const sha256 = (text: string) => createHash("sha256").update(text);

/**
 * Makes a one-time link. No key exists before the partner asks for it; the link is in this answer and nowhere else.
 * Throws `not_found` and `conflict` for a key that is to be replaced and cannot be.
 */
export const createClaim = defineCommand(
  "key.manage",
  async ({ tx, actor, audit }, input: NewClaim): Promise<NewClaimLink> => {
    const tenantId = actor.tenant.id;
    const facts = "rotates" in input ? await factsOfReplaced(tx, tenantId, input) : factsOfNew(input);
    const secret = formatCredential("claimLink", randomBytes(32));
    const row = await tx.claimLink.create({
      data: {
        ...facts,
        authorizedRequests: facts.authorizedRequests ?? Prisma.DbNull,
        id: uuidv7(),
        tenantId,
        secretHash: sha256(secret).digest(),
        note: input.note,
        createdBy: actor.userId,
        createdByLabel: actorLabel(actor),
        expiresAt: new Date(Date.now() + input.lifeHours * HOUR_MS),
      },
    });
    const { authorizedRequests, ...told } = facts;
    await audit({
      action: "claim.create",
      targetType: "claim",
      targetId: row.id,
      after: {
        ...told,
        authorizedRequests,
        keyExpiresAt: facts.keyExpiresAt?.toISOString() ?? null,
        expiresAt: row.expiresAt.toISOString(),
      },
    });
    return { ...toClaim(row), link: `${env.consoleUrl}${paths.claim()}#${secret}` };
  },
);

type Facts = {
  keyName: string;
  keyDescription: string;
  authorizedRequests: AuthorizedRequest[] | null;
  keyExpiresAt: Date | null;
  rotates: string | null;
  graceSeconds: number | null;
};

const factsOfNew = (input: Exclude<NewClaim, { rotates: string }>): Facts => ({
  keyName: input.name,
  keyDescription: input.description,
  authorizedRequests: input.authorizedRequests,
  keyExpiresAt: input.expiresAt === null ? null : new Date(input.expiresAt),
  rotates: null,
  graceSeconds: null,
});

async function factsOfReplaced(
  tx: Transaction,
  tenantId: string,
  input: Extract<NewClaim, { rotates: string }>,
): Promise<Facts> {
  const key = await lockKey(tx, tenantId, input.rotates);
  if (!key) throw notFound("key");
  const refusal = whyNotRotate({ status: keyStatus(key, new Date()), rotatedTo: key.rotatedTo });
  if (refusal) throw conflict(refusal);
  return {
    keyName: key.name,
    keyDescription: key.description,
    authorizedRequests: key.authorizedRequests as AuthorizedRequest[] | null,
    keyExpiresAt: key.expiresAt,
    rotates: key.id,
    graceSeconds: input.graceSeconds,
  };
}

/** Ends a link that nobody has used. Throws `not_found`, or `conflict` when it is over already. */
export const cancelClaim = defineCommand(
  "key.manage",
  async ({ tx, actor, audit }, input: { id: string }): Promise<Claim> => {
    const row = await lockClaim(tx, actor.tenant.id, input.id);
    if (!row) throw notFound("claim link");
    const refusal = whyNotCancel(claimStatus(row, new Date()));
    if (refusal) throw conflict(refusal);
    const cancelled = { cancelledAt: new Date(), cancelledByLabel: actorLabel(actor) };
    await tx.claimLink.updateMany({ where: { tenantId: actor.tenant.id, id: row.id }, data: cancelled });
    await audit({
      action: "claim.cancel",
      targetType: "claim",
      targetId: row.id,
      before: { keyName: row.keyName },
    });
    return toClaim({ ...row, ...cancelled });
  },
);

async function lockClaim(tx: Transaction, tenantId: string, id: string): Promise<ClaimRow | null> {
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM claim_links WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  return locked.length === 0 ? null : tx.claimLink.findFirst({ where: { tenantId, id } });
}

/** The one answer for every link that is of no use: unknown, malformed, used, expired, cancelled or overtaken. */
const deadLink = () => notFound("claim link, or it has been used, has expired or was withdrawn");

type Presented = { tx: Transaction; claim: ClaimRow; replaced: Awaited<ReturnType<typeof lockKey>> };

/**
 * Runs `work` with the link whose secret is presented, locked, inside the link's tenant. Everything that makes it
 * useless ends in the same answer. Throws `not_found`.
 */
async function withPresented<T>(secret: string, work: (presented: Presented) => Promise<T>): Promise<T> {
  if (!isWellFormedCredential("claimLink", secret)) throw deadLink();
  return withCredential(sha256(secret).digest("hex"), async (tx) => {
    const found = await tx.claimLink.findFirst({
      where: { secretHash: sha256(secret).digest() },
      select: { id: true, tenantId: true },
    });
    if (!found) throw deadLink();
    await enterTenantOf(tx, found.tenantId);
    const claim = await lockClaim(tx, found.tenantId, found.id);
    if (!claim || !isAlive(claimStatus(claim, new Date()))) throw deadLink();
    const replaced = claim.rotates ? await lockKey(tx, claim.tenantId, claim.rotates) : null;
    if (claim.rotates) {
      const status = replaced && keyStatus(replaced, new Date());
      if (!replaced || !status || whyNotRotate({ status, rotatedTo: replaced.rotatedTo })) throw deadLink();
    }
    return work({ tx, claim, replaced });
  });
}

async function whatPartnerSees({ tx, claim, replaced }: Presented): Promise<OpenedClaim> {
  const tenant = await tx.tenant.findFirst({ where: { id: claim.tenantId, deletedAt: null } });
  if (!tenant) throw deadLink();
  const rights = {
    id: claim.id,
    succeeds: replaced ? [...replaced.succeeds, replaced.id] : [],
    authorizedRequests: claim.authorizedRequests,
  };
  return {
    tenant: { slug: tenant.slug, name: tenant.name },
    keyName: claim.keyName,
    note: claim.note,
    expiresAt: claim.expiresAt.toISOString(),
    keyExpiresAt: claim.keyExpiresAt?.toISOString() ?? null,
    replaces: replaced && { lastFour: replaced.lastFour, graceSeconds: claim.graceSeconds ?? 0 },
    baseUrl: `${env.gatewayUrl}/gw/${tenant.slug}`,
    ...(await whatItOpens(tx, tenant, rights)),
  };
}

/**
 * What a partner who holds the link may know before revealing anything. Notes that the link was opened, the first
 * time. Makes no key, so that a mail scanner which follows the link burns nothing. Throws `not_found`.
 */
export const openClaim = (secret: string): Promise<OpenedClaim> =>
  withPresented(secret, async (presented) => {
    const { tx, claim } = presented;
    const opened = await whatPartnerSees(presented);
    if (!claim.openedAt) {
      await tx.claimLink.updateMany({
        where: { tenantId: claim.tenantId, id: claim.id },
        data: { openedAt: new Date() },
      });
    }
    return opened;
  });

/**
 * Makes the key, at this moment and only once: the link is locked, so that of two who ask together one gets a key
 * and the other the answer of a dead link. Throws `not_found`.
 */
export const revealClaim = (
  secret: string,
  caller: { requestId: string; ip: string },
): Promise<RevealedClaim> =>
  withPresented(secret, async (presented) => {
    const { tx, claim, replaced } = presented;
    const outsider: Outsider = { label: `partner, by claim link for ${claim.keyName}`, ...caller };
    const opened = await whatPartnerSees(presented);
    const by = { createdBy: null, createdByLabel: outsider.label };
    const minted = replaced
      ? await replaceKey(tx, replaced, { ...by, graceSeconds: claim.graceSeconds ?? 0 })
      : await issueKey(tx, {
          ...by,
          tenantId: claim.tenantId,
          name: claim.keyName,
          description: claim.keyDescription,
          authorizedRequests: claim.authorizedRequests as AuthorizedRequest[] | null,
          expiresAt: claim.keyExpiresAt,
        });
    const now = new Date();
    await tx.claimLink.updateMany({
      where: { tenantId: claim.tenantId, id: claim.id },
      data: { revealedAt: now, openedAt: claim.openedAt ?? now, apiKeyId: minted.id },
    });
    await writeAudit(tx, outsider, claim.tenantId, {
      action: replaced ? "key.rotate" : "key.mint",
      targetType: "key",
      targetId: replaced?.id ?? minted.id,
      after: { claimId: claim.id, keyId: minted.id, name: claim.keyName },
    });
    await tx.$executeRaw`SELECT pg_notify(${CHANNELS.changed}, '')`;
    return { ...opened, key: minted.key, lastFour: minted.lastFour };
  });
