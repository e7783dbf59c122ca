import type { OAuthConfig } from "next-auth/providers/oauth";
import { whyNotEmailAddress } from "#lib/contract/email-address.ts";
import { line } from "#lib/contract/text.ts";
import type { Claims, Problem } from "./rules.ts";
import type { IdentityProvider } from "./settings.ts";

/** How long the provider's own pages may keep the console waiting for an answer. */
const PATIENCE_MS = 5_000;

/** One visit to a provider, as next-auth goes through it. */
export type Visit = {
  /** What the provider is asked beside the usual. */
  ask: { prompt?: string; max_age?: number };
  /** Called once what the provider said has been verified; gives the id of the session that was opened, if one was. */
  arrived(claims: Claims): Promise<string | null>;
  failed(problem: Problem): void;
};

/** What the exchange gives; next-auth's types say less of it. */
type VerifiedTokens = { claims(): Record<string, unknown> };

type Failure = { name?: string; error?: string; message?: string; code?: string };

/** Why the provider's answer was not taken. Its own words stay where they are. */
export function problemOf(failure: unknown): Problem {
  const { name, error, message = "", code } = (failure ?? {}) as Failure;
  if (name === "OPError" && error?.startsWith("expected ")) return "unreachable"; // an answer with another status
  // A code that was used before, is too old, or was made for another verifier.
  if (name === "OPError") return error === "invalid_grant" ? "expired" : "provider_error";
  if (/^state (missing|mismatch)/.test(message)) return "expired";
  if (code?.startsWith("E") || /timed out|expected 200|socket/i.test(message)) return "unreachable";
  return "invalid_answer";
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** A name as it is stored, made of whatever the provider calls the person. */
export function nameOf(given: unknown): string | null {
  const tidy = (text(given) ?? "")
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, 120)
    .trim();
  const read = line(1, 120).safeParse(tidy);
  return read.success ? read.data : null;
}

/** What the console reads of verified claims. Throws when there is no subject that could be kept. */
export function readClaims(raw: Record<string, unknown>): Claims {
  const subject = text(raw.sub);
  const issuer = text(raw.iss);
  if (!subject || !issuer || subject.length > 255 || /\p{Cc}/u.test(subject)) {
    throw new TypeError("no subject that could be kept");
  }
  const email = text(raw.email)?.trim() ?? "";
  return {
    issuer,
    subject,
    email: whyNotEmailAddress(email) === null ? email.toLowerCase() : null,
    // Some providers send their booleans as texts.
    emailVerified: raw.email_verified === true || raw.email_verified === "true",
    name: nameOf(raw.name),
    amr: Array.isArray(raw.amr) ? raw.amr.filter((method) => typeof method === "string") : [],
    acr: text(raw.acr),
    authenticatedAt: typeof raw.auth_time === "number" ? raw.auth_time : null,
  };
}

/**
 * The provider as next-auth knows one: discovery, PKCE, state and nonce, an id_token whose algorithm is pinned. What it
 * says is handed to the visit once it has been verified; its tokens end with the call.
 */
export function oauthProvider(provider: IdentityProvider, visit: Visit): OAuthConfig<Claims> {
  return {
    id: provider.name,
    name: provider.label,
    type: "oauth",
    idToken: true,
    wellKnown: `${provider.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    issuer: provider.issuer,
    authorization: { params: { scope: provider.scopes, ...visit.ask } },
    checks: ["pkce", "state", "nonce"],
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    client: {
      token_endpoint_auth_method: provider.clientAuth,
      id_token_signed_response_alg: provider.algorithm,
    },
    httpOptions: { timeout: PATIENCE_MS },
    token: {
      async request({ client, params, checks, provider: { callbackUrl } }) {
        try {
          // Neither the code nor the secret goes to a provider that calls itself something else.
          if (client.issuer.metadata.issuer !== provider.issuer) throw new TypeError("another issuer");
          const { code, state, iss } = params;
          const answer = {
            ...(code ? { code } : {}),
            ...(state ? { state } : {}),
            ...(iss ? { iss } : {}),
          };
          return { tokens: await client.callback(callbackUrl, answer, { ...checks, response_type: "code" }) };
        } catch (error) {
          visit.failed(problemOf(error));
          throw error;
        }
      },
    },
    userinfo: {
      async request({ client, tokens }) {
        try {
          const { userinfo_endpoint: endpoint } = client.issuer.metadata;
          const known = (tokens as unknown as VerifiedTokens).claims();
          if (known.email !== undefined || !endpoint || !tokens.access_token) return known as never;
          // The subject must be the id_token's; of what else is told, only what describes the person.
          const { email, email_verified, name } = await client.userinfo(tokens as never);
          return { ...known, email, email_verified, name: known.name ?? name } as never;
        } catch (error) {
          visit.failed(problemOf(error));
          throw error;
        }
      },
    },
    async profile(raw) {
      try {
        const claims = readClaims(raw as unknown as Record<string, unknown>);
        if (claims.issuer !== provider.issuer) throw new TypeError("another issuer");
        return { id: (await visit.arrived(claims)) ?? "none" };
      } catch (error) {
        visit.failed(error instanceof TypeError ? "invalid_answer" : "unavailable");
        throw error;
      }
    },
  };
}
