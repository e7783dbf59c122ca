import type { PersonActor, TenantActor } from "../access/actor.ts";
import { database, type Transaction } from "./client.ts";
import { underSupportSession } from "./support-session.ts";

type Scope = { tenantId?: string; userId?: string | null; credentialHash?: string };

export type ScopeOptions = {
  /** How long the transaction may take before it is undone, where the usual 20 seconds are too few. */
  longestMs?: number;
  /** It is meant to change something. Without it, an operator's transaction cannot. */
  changes?: boolean;
};

/**
 * Runs `work` in one transaction in which row-level security sees exactly this tenant, person or presented
 * credential. The settings end with the transaction, so a pooled connection carries nothing over.
 */
async function withScope<T>(
  scope: Scope,
  work: (tx: Transaction) => Promise<T>,
  { longestMs }: ScopeOptions = {},
): Promise<T> {
  return database().$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT
        set_config('app.tenant', ${scope.tenantId ?? ""}, true),
        set_config('app.user', ${scope.userId ?? ""}, true),
        set_config('app.credential', ${scope.credentialHash ?? ""}, true)`;
      return work(tx);
    },
    longestMs === undefined ? {} : { timeout: longestMs },
  );
}

/** A transaction that sees the actor's tenant and nothing of any other; an operator's lasts no longer than the session. */
export const withTenant = <T>(
  actor: TenantActor,
  work: (tx: Transaction) => Promise<T>,
  options?: ScopeOptions,
): Promise<T> => {
  const { via } = actor;
  const scope = { tenantId: actor.tenant.id, userId: actor.userId };
  if (!via) return withScope(scope, work, options);
  return withScope(scope, (tx) => underSupportSession(tx, via, work, options?.changes ?? false), options);
};

/** A transaction that sees what belongs to one person: memberships, the tenants behind them, access tokens. */
export const withUser = <T>(
  userId: PersonActor["userId"],
  work: (tx: Transaction) => Promise<T>,
): Promise<T> => withScope({ userId }, work);

/** A transaction that sees a tenant without any person: for the service token that is the tenant's own. */
export const withTenantAlone = <T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  withScope({ tenantId }, work);

/** A transaction that makes a tenant: sees the new tenant although nobody is a member of it yet. */
export const withNewTenant = <T>(
  tenantId: string,
  userId: string,
  work: (tx: Transaction) => Promise<T>,
  options?: ScopeOptions,
): Promise<T> => withScope({ tenantId, userId }, work, options);

/** Lets a transaction that was opened for a presented credential go on inside the tenant that the credential is of. */
export async function enterTenantOf(tx: Transaction, tenantId: string): Promise<void> {
  await tx.$executeRaw`SELECT set_config('app.tenant', ${tenantId}, true)`;
}

/** A transaction that sees the one access token or claim link whose SHA-256 (lower-case hex) was presented. */
export const withCredential = <T>(hash: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  withScope({ credentialHash: hash }, work);

/**
 * Runs `work` with what belongs to another person in view, within the same transaction: for what ends with their
 * membership, and for the log of an account that has just been made.
 */
export async function asPerson<T>(
  tx: Transaction,
  userId: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const [before] = await tx.$queryRaw<{ userId: string | null }[]>`
    SELECT current_setting('app.user', true) AS "userId"`;
  await tx.$executeRaw`SELECT set_config('app.user', ${userId}, true)`;
  const result = await work(tx);
  await tx.$executeRaw`SELECT set_config('app.user', ${before?.userId ?? ""}, true)`;
  return result;
}
