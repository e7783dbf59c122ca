/** Who makes a tenant's bearer tokens, as both planes verify with it. */
export type Issuer = {
  id: string;
  tenantId: string;
  /** What its tokens say in `iss`, letter by letter. */
  iss: string;
  /** One of them must be in a token's `aud`. */
  audiences: readonly string[];
  kind: IssuerKind;
  /** The only algorithms that its tokens may be signed with; a token cannot choose another. */
  algorithms: readonly string[];
  clockSkewSeconds: number;
};

export const ISSUER_KINDS = ["jwks", "secret"] as const;
export type IssuerKind = (typeof ISSUER_KINDS)[number];

/**
 * What each kind of issuer may sign with. The two lists share nothing: a public key can never be taken for a shared
 * secret, nor the other way round.
 */
export const ALGORITHMS = {
  jwks: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"],
  secret: ["HS256", "HS384", "HS512"],
} as const satisfies Record<IssuerKind, readonly string[]>;

/** Of an issuer whose algorithms nobody chose. */
export const DEFAULT_ALGORITHMS: Record<IssuerKind, readonly string[]> = {
  jwks: ["RS256"],
  secret: ["HS256"],
};

/** Shorter ones can be guessed from one token (RFC 7518, section 3.2). */
export const MIN_SECRET_BYTES = 32;
export const MAX_SECRET_BYTES = 1_024;
export const DEFAULT_CLOCK_SKEW_SECONDS = 60;
export const MAX_CLOCK_SKEW_SECONDS = 300;
