import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { paths } from "#lib/paths.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import type { Actor, TenantActor } from "./actor.ts";
import { authenticate } from "./authenticate.ts";

/** Who is looking at the page; null when nobody is signed in. Asked once per request, however often it is called. */
export const currentActor = cache(
  async (): Promise<Actor | null> => authenticate(new Headers(await headers()), uuidv7()),
);

/** Who is looking at the page; sends people who are not signed in to do so, and back to `returnTo` afterwards. */
export async function requireActor(returnTo: string): Promise<Actor> {
  return (await currentActor()) ?? redirect(paths.signIn(returnTo));
}

/** The person inside the tenant; a tenant of which they are no member is "not found". */
export const requireTenantActor = cache(async (slug: string): Promise<TenantActor> => {
  const actor = await requireActor(paths.overview(slug));
  try {
    return await enterTenant(actor, slug);
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  }
});
