import { DomainError } from "#lib/errors/domain-error.ts";
import type { TenantActor } from "./actor.ts";
import { type Permission, whyNot } from "./permissions.ts";

/** Throws `forbidden` (403), with the reason in words, unless the actor's role holds the permission. */
export function authorize(actor: TenantActor, permission: Permission): void {
  const reason = whyNot(actor.tenant.role, permission);
  if (reason) throw new DomainError("forbidden", reason);
}
