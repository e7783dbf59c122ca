import type { Actor, PersonActor, TenantActor } from "#lib/access/actor.ts";
import { authenticate, bearerOf } from "#lib/access/authenticate.ts";
import { assertOperator, assertPerson, authorize } from "#lib/access/authorize.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import type { Caller, Endpoint } from "./endpoint.ts";
import { requestLimits } from "./request-limits.ts";
import { assertNoForeignPage, assertOwnReading, assertSameOrigin } from "./same-origin.ts";

const unauthenticated = () =>
  new DomainError("unauthenticated", "Sign in, or send an access token as a bearer token.", {
    headers: { "www-authenticate": 'Bearer realm="gatehouse"' },
  });

/** Throws `forbidden` for a token that stands for less than its person, where something of theirs would change. */
function assertWhole({ proof }: PersonActor): void {
  if (proof.type === "session" || (proof.tenantId === null && proof.permissions === null)) return;
  throw new DomainError(
    "forbidden",
    "This access token is for one tenant or for some permissions only, and changes nothing outside of them.",
  );
}

/** Who is asking, as the endpoint wants them. Throws `not_found` or `forbidden` for anybody else. */
async function asWanted(
  { access, method }: Endpoint,
  actor: Actor,
  tenant: string | undefined,
): Promise<PersonActor | TenantActor> {
  if (access.kind === "tenant") {
    const member = await enterTenant(actor, tenant as string);
    authorize(member, access.permission);
    return member;
  }
  if (access.kind === "operator") {
    assertOperator(actor);
    return actor;
  }
  assertPerson(actor);
  if (method !== "GET") assertWhole(actor);
  return actor;
}

export type Admitted = {
  actor: Caller | PersonActor | TenantActor;
  /** Headers of the answer that say how many more such requests are let through. */
  limitHeaders: Record<string, string>;
};

/**
 * Says who is asking, counts the request, and makes sure that the endpoint is theirs to call: `too_many_requests`,
 * `unauthenticated`, `not_found` and `forbidden` are thrown here, before anything of the request is looked at.
 */
export async function admit(
  endpoint: Endpoint,
  request: Request,
  { caller, tenant, query }: { caller: Caller; tenant: string | undefined; query: URLSearchParams },
): Promise<Admitted> {
  const limits = requestLimits();
  const cost = typeof endpoint.cost === "function" ? endpoint.cost(query) : (endpoint.cost ?? 1);
  if (endpoint.access.kind === "public") {
    assertNoForeignPage(request);
    return { actor: caller, limitHeaders: limits.open(caller.ip, cost) };
  }
  const token = bearerOf(request.headers);
  limits.mayTry(caller.ip, token);
  const recognised = await authenticate(request.headers, caller.requestId);
  if (!recognised) {
    limits.failed(caller.ip, token);
    throw unauthenticated();
  }
  if (token !== null) limits.worked(token);
  // Before it is counted: another site's page must not use up what the person may do.
  if (recognised.proof.type === "session") {
    assertSameOrigin(request);
    if (endpoint.leavesTrace) assertOwnReading(request);
  }
  const limitHeaders = limits.known(recognised, endpoint, cost);
  return { actor: await asWanted(endpoint, recognised, tenant), limitHeaders };
}
