import type { Role } from "./permissions.ts";

export const SIGN_IN_METHODS = ["password", "passkey", "oidc"] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

export const SECOND_FACTORS = ["totp", "recovery", "passkey", "provider"] as const;
export type SecondFactor = (typeof SECOND_FACTORS)[number];

/** A browser session and how it was opened. */
export type SessionProof = {
  type: "session";
  sessionId: string;
  method: SignInMethod;
  /** Which provider vouched for the person; null unless `method` is `oidc`. */
  provider: string | null;
  /** What was given beside the first proof; null when nothing was. */
  secondFactor: SecondFactor | null;
  /** When the person last proved that it is them. */
  confirmedAt: Date;
};

/** How the person proved who they are: a browser session, or an access token that may be bound to one tenant. */
export type Proof = SessionProof | { type: "token"; tokenId: string; tenantId: string | null };

/** The support session through which an operator is in a tenant. */
export type SupportPass = { sessionId: string; mode: "read" | "requeue"; expiresAt: string };

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
  /** Set inside a tenant of which the person is no member: an operator on a support session. */
  via?: SupportPass;
};

/** The same person, inside a tenant: as its member, or as an operator for the time of a support session. */
export type TenantActor = Actor & { tenant: { id: string; slug: string; name: string; role: Role } };

/** How the person appears in histories that outlive the account. */
export function actorLabel(actor: Actor): string {
  const marks = [
    ...(actor.via ? ["support"] : []),
    ...(actor.proof.type === "token" ? ["access token"] : []),
  ];
  const name = actor.via ? `operator ${actor.email}` : actor.email;
  return marks.length > 0 ? `${name} (${marks.join(", ")})` : name;
}
