import { DomainError, notFound } from "#lib/errors/domain-error.ts";
import type { Actor, PersonActor, TenantActor } from "./actor.ts";
import { type Permission, SUPPORT_CHANGES, whyNot, whyTokenCannot } from "./permissions.ts";

/** Throws `forbidden` (403), with the reason in words, unless the actor's role, and token, hold the permission. */
export function authorize(actor: TenantActor, permission: Permission): void {
  const { proof } = actor;
  const reason =
    whyNot(actor.tenant.role, permission) ??
    (proof.type === "token" ? whyTokenCannot(proof.permissions, permission) : null);
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

/** Throws `forbidden` for a service token, which is nobody to whom something could belong. */
export function assertPerson<A extends Actor>(actor: A): asserts actor is A & PersonActor {
  if (actor.userId === null) {
    throw new DomainError("forbidden", "This is for people; a service token cannot do it.");
  }
}

/** Throws `forbidden` unless a person is here in a browser: a stolen token must not be able to renew itself. */
export function assertInPerson<A extends Actor>(actor: A): asserts actor is A & PersonActor {
  assertPerson(actor);
  if (actor.proof.type === "session") return;
  throw new DomainError("forbidden", "This is done in the console, in person, not with an access token.");
}

/**
 * Throws `not_found`, as for an address that is none, unless the person is an operator of the installation. A token
 * that is bound to a tenant is good for that tenant alone, and one with a list of permissions for these alone.
 */
export function assertOperator<A extends Actor>(actor: A): asserts actor is A & PersonActor {
  const { proof } = actor;
  const limited = proof.type === "token" && (proof.tenantId !== null || proof.permissions !== null);
  if (!actor.isOperator || limited || actor.userId === null) throw notFound("endpoint or object");
}
