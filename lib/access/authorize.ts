import { DomainError, notFound } from "#lib/errors/domain-error.ts";
import type { Actor, TenantActor } from "./actor.ts";
import { type Permission, SUPPORT_CHANGES, whyNot } from "./permissions.ts";

/** Throws `forbidden` (403), with the reason in words, unless the actor's role holds the permission. */
export function authorize(actor: TenantActor, permission: Permission): void {
  const reason = whyNot(actor.tenant.role, permission);
  if (reason) throw new DomainError("forbidden", reason);
}

/**
 * The same for a command. An operator on a support session changes nothing but jobs, also where looking is enough of
 * a permission for members.
 */
export function authorizeChange(actor: TenantActor, permission: Permission): void {
  authorize(actor, permission);
  if (actor.via && !SUPPORT_CHANGES.includes(permission)) {
    throw new DomainError(
      "forbidden",
      "You are in this tenant as support; only its own members can do this.",
    );
  }
}

/**
 * Throws `not_found`, as for an address that is none, unless the person is an operator of the installation. A token
 * that is bound to a tenant is good for that tenant alone.
 */
export function assertOperator(actor: Actor): void {
  const bound = actor.proof.type === "token" && actor.proof.tenantId !== null;
  if (!actor.isOperator || bound) throw notFound("endpoint or object");
}
