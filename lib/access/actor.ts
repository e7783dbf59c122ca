import type { Role } from "./permissions.ts";

/** How the person proved who they are: a browser session, or an access token that may be bound to one tenant. */
export type Proof =
  | { type: "session"; sessionId: string }
  | { type: "token"; tokenId: string; tenantId: string | null };

/** A person who has been recognised, on one request. */
export type Actor = {
  userId: string;
  email: string;
  name: string;
  isOperator: boolean;
  proof: Proof;
  requestId: string;
  /** The address the request came from, for the audit log; empty when unknown. */
  ip: string;
};

/** The same person, inside a tenant of which they are a member. */
export type TenantActor = Actor & { tenant: { id: string; slug: string; name: string; role: Role } };

/** How the person appears in histories that outlive the account. */
export const actorLabel = (actor: Actor): string =>
  actor.proof.type === "token" ? `${actor.email} (access token)` : actor.email;
