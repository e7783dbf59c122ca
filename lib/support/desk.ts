import type { Actor } from "#lib/access/actor.ts";
import { assertOperator } from "#lib/access/authorize.ts";
import { normalizeMessage } from "#lib/contract/jobs.ts";
import { maskerOf } from "#lib/contract/masking.ts";
import { PAIR } from "#lib/contract/secret-names.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";

/**
 * Runs `work` for an operator of the installation, and throws `not_found` for everybody else. It sees no tenant's rows:
 * what it may learn of them comes from the `support_…` functions, which look for themselves whether the person is one.
 */
export function atDesk<T>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> {
  assertOperator(actor);
  return withUser(actor.userId, work);
}

export type TenantColumns = { tenantId: string; tenantSlug: string; tenantName: string };

/** The tenant of a row, as answers name it. */
export const tenantOf = ({ tenantId, tenantSlug, tenantName }: TenantColumns) => ({
  id: tenantId,
  slug: tenantSlug,
  name: tenantName,
});

/**
 * An error's message as the desk reads it: without ids, numbers and quoted text, and without what is masked
 * everywhere and the values of `name=value`, of which only the tenant says what is a secret.
 */
export const deskMessage = (message: string): string =>
  normalizeMessage(maskerOf([]).text(message).replace(PAIR, "$1=<n>"));
