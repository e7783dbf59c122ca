import type { PersonActor, TenantActor } from "#lib/access/actor.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { listProviders } from "#lib/identities/queries.ts";
import { type OwnProof, whyNotDemand } from "./rules.ts";
import type { Demands, Preview, Security } from "./schema.ts";

/** A page of people is enough to see who they are; how many there are is counted. */
const MOST_PEOPLE = 50;

export async function readDemands(tx: Transaction, tenantId: string) {
  const row = await tx.tenant.findFirst({
    where: { id: tenantId },
    select: { requireTwoFactor: true, onlySso: true, ssoProviders: true, securityVersion: true },
  });
  if (!row) throw notFound("tenant");
  const { securityVersion: version, ...demands } = row;
  return { version, demands };
}

/** How the actor is signed in; a token proves nothing that a session would have to. */
export const ownProof = ({ proof }: TenantActor): OwnProof =>
  proof.type === "session" ? proof : { method: "token", provider: null, secondFactor: null };

/** What the tenant asks of everybody who enters it, and what it could ask. */
export const getSecurity = defineQuery("tenant.read", async ({ tx, actor }): Promise<Security> => {
  const { version, demands } = await readDemands(tx, actor.tenant.id);
  return { ...demands, version, providers: listProviders() };
});

type CountRow = { members: bigint; factor: bigint; provider: bigint; tokens: bigint };
type GapRow = { userId: string; name: string; email: string; noFactor: boolean; noProvider: boolean };

/** Whom demands would keep out, before they are made. */
export const previewDemands = defineQuery(
  "tenant.manage",
  async ({ tx, actor }, demands: Demands): Promise<Preview> => {
    const { demands: before } = await readDemands(tx, actor.tenant.id);
    const wanted = demands.onlySso ? [...demands.ssoProviders] : null;
    const [counts] = await tx.$queryRaw<CountRow[]>`
      SELECT members, without_factor AS factor, without_provider AS provider, tokens
      FROM entry_gap_counts(${demands.requireTwoFactor}::boolean, ${wanted}::text[])`;
    const gaps = await tx.$queryRaw<GapRow[]>`
      SELECT user_id AS "userId", name, email, no_factor AS "noFactor", no_provider AS "noProvider"
      FROM entry_gaps(${demands.requireTwoFactor}::boolean, ${wanted}::text[], ${MOST_PEOPLE}::int)`;
    return {
      members: Number(counts?.members ?? 0),
      withoutSecondFactor: Number(counts?.factor ?? 0),
      withoutProvider: Number(counts?.provider ?? 0),
      tokens: Number(counts?.tokens ?? 0),
      people: gaps.map(({ userId, name, email, noFactor, noProvider }) => ({
        userId,
        name,
        email,
        lacks: [
          ...(noFactor ? (["second_factor"] as const) : []),
          ...(noProvider ? (["provider"] as const) : []),
        ],
      })),
      refusal: whyNotDemand(demands, before, ownProof(actor), listProviders())?.message ?? null,
    };
  },
);

/** What a tenant asks of one of its members, or of an operator inside it, who may not have it yet; null for others. */
export async function demandsOn(
  actor: PersonActor,
  slug: string,
): Promise<{ name: string; ssoProviders: readonly string[] } | null> {
  const row = await withUser(actor.userId, (tx) =>
    tx.membership.findFirst({
      where: { userId: actor.userId, tenant: { slug, deletedAt: null } },
      select: { tenant: { select: { name: true, ssoProviders: true } } },
    }),
  );
  return row?.tenant ?? null;
}
