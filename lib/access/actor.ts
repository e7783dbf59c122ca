import type { Permission, Role } from "./permissions.ts";

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

/** An access token: of a person, and then bound to one tenant or to none; or a tenant's own service token. */
export type TokenProof = {
  type: "token";
  tokenId: string;
  /** What its maker called it. */
  name: string;
  tenantId: string | null;
  /** What it may at most do; null for everything that its person may. A service token always has a list. */
  permissions: readonly Permission[] | null;
  /** Of a person's token, for tenants that ask for more than membership; absent for a service token. */
  person?: {
    hasSecondFactor: boolean;
    /** The identity provider of the session in which the token was made. */
    provider: string | null;
  };
};

/** How whoever asks proved who they are. */
export type Proof = SessionProof | TokenProof;

/** The support session through which an operator is in a tenant. */
export type SupportPass = { sessionId: string; mode: "read" | "requeue"; expiresAt: string };

/** Whoever has been recognised, on one request: a person, or a service token of a tenant. */
export type Actor = {
  /** Null for a service token, which is no person. */
  userId: string | null;
  /** Empty for a service token. */
  email: string;
  /** The person's; of a service token what it is called. */
  name: string;
  isOperator: boolean;
  proof: Proof;
  requestId: string;
  /** The address the request came from, for the audit log; empty when unknown. */
  ip: string;
  /** Set inside a tenant of which the person is no member: an operator on a support session. */
  via?: SupportPass;
};

/** Somebody who is a person, in a browser or through a token of their own. */
export type PersonActor = Actor & { userId: string };

/** The same actor, inside a tenant: as its member, or as an operator for the time of a support session. */
export type TenantActor = Actor & { tenant: { id: string; slug: string; name: string; role: Role } };

/** A person inside a tenant. */
export type TenantPerson = TenantActor & PersonActor;

/** How the actor appears in histories that outlive the account and the token. */
export function actorLabel(actor: Actor): string {
  if (actor.userId === null) return `${actor.name} (service token)`;
  const marks = [
    ...(actor.via ? ["support"] : []),
    ...(actor.proof.type === "token" ? [`access token ${actor.proof.name}`] : []),
  ];
  const name = actor.via ? `operator ${actor.email}` : actor.email;
  return marks.length > 0 ? `${name} (${marks.join(", ")})` : name;
}
