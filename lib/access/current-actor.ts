import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { tellingUnreachable } from "#lib/errors/unreachable.ts";
import { paths, safeReturnPath } from "#lib/paths.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import type { Actor, PersonActor, TenantPerson } from "./actor.ts";
import { authenticate } from "./authenticate.ts";
import { assertOperator } from "./authorize.ts";
import { type DueSession, dueSessionOf } from "./due-session.ts";
import { isUnmet } from "./entry.ts";

/** Who is looking at the page; null when nobody is signed in. Asked once per request, however often it is called. */
export const currentActor = cache(
  async (): Promise<Actor | null> => tellingUnreachable(authenticate(new Headers(await headers()), uuidv7())),
);

/** Who gave the password in this browser and has still to give the second factor; null when that is nobody. */
export const currentDueSession = cache(
  async (): Promise<DueSession | null> => tellingUnreachable(dueSessionOf(new Headers(await headers()))),
);

/** The header in which the console's own server tells the address asked for; it overwrites what a client sends. */
const ADDRESS_HEADER = "x-gatehouse-address";

const addressAsked = async () => safeReturnPath((await headers()).get(ADDRESS_HEADER));

/** Who is looking at the page; sends people who are not signed in to do so, and back to this page afterwards. */
export async function requireActor(): Promise<PersonActor> {
  const actor = await currentActor();
  if (actor && actor.userId !== null) return { ...actor, userId: actor.userId };
  const address = await addressAsked();
  return redirect((await currentDueSession()) ? paths.secondFactor(address) : paths.signIn(address));
}

/**
 * The person inside the tenant; a tenant of which they are no member is "not found", and one that asks for something
 * they have not got leads to the page that says what.
 */
export const requireTenantActor = cache(async (slug: string): Promise<TenantPerson> => {
  const actor = await requireActor();
  try {
    return await tellingUnreachable(enterTenant(actor, slug));
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    if (error instanceof DomainError && isUnmet(error.code))
      redirect(paths.entry(slug, await addressAsked()));
    throw error;
  }
});

/** The operator of the installation who is looking; for anybody else the page does not exist. */
export async function requireOperator(): Promise<PersonActor> {
  const actor = await requireActor();
  try {
    assertOperator(actor);
  } catch {
    notFound();
  }
  return actor;
}
