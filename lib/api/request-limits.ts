import { createHash } from "node:crypto";
import type { Actor } from "#lib/access/actor.ts";
import { isWellFormedCredential } from "#lib/contract/credential.ts";
import { type ApiLimits, env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { addressBlock } from "./address-block.ts";
import type { Endpoint } from "./endpoint.ts";
import { createRateLimit, type RateLimit, rateLimitHeaders, type Taken } from "./rate-limit.ts";

/** Permissions with which one only looks, also where the question is a POST. */
const READING = ["tenant.read", "request.explain"];

/** Tokens that were good lately; they are looked up even while their address is failing a lot. */
const MOST_GOOD_TOKENS = 10_000;

const tooMany = (what: string, taken: Taken, headers: Record<string, string>) =>
  new DomainError("too_many_requests", `${what} Wait ${taken.waitSeconds} s and try again.`, {
    headers: { ...headers, "retry-after": String(taken.waitSeconds) },
  });

/** Headers of the answer that say how much is left. */
type LimitHeaders = Record<string, string>;

function pay(limit: RateLimit, name: string, subject: string, cost: number, now: number): LimitHeaders {
  const taken = limit.take(subject, cost, now);
  const headers = rateLimitHeaders(name, limit.perMinute, taken);
  if (!taken.allowed) throw tooMany(`That is more than ${limit.perMinute} ${name} a minute.`, taken, headers);
  return headers;
}

/**
 * What the management API lets through: so many reads and so many changes a minute for each session and token, so many
 * requests without credentials and so many failed ones for each address. Counted in this process.
 */
export function createRequestLimits(limits: ApiLimits, clock = () => performance.now()) {
  const reads = createRateLimit(limits.reads);
  const changes = createRateLimit(limits.changes);
  const open = createRateLimit(limits.open);
  const failures = createRateLimit(limits.failures);
  const goodTokens = new Set<string>();
  const fingerprint = (token: string) => createHash("sha256").update(token).digest("base64url");

  function payFailure(ip: string, cost: number): void {
    const taken = failures.take(addressBlock(ip), cost, clock());
    if (taken.allowed && taken.remaining + cost >= 1) return;
    const headers = rateLimitHeaders("failures", failures.perMinute, taken);
    throw tooMany("Too many requests from this address had no or wrong credentials.", taken, headers);
  }

  return {
    /** Counts a call of an endpoint that needs no credentials. Throws `too_many_requests`. */
    open: (ip: string, cost: number): LimitHeaders => pay(open, "requests", addressBlock(ip), cost, clock()),

    /** Counts a call by somebody who was recognised. Throws `too_many_requests`. */
    known({ proof }: Actor, { method, access }: Endpoint, cost: number): LimitHeaders {
      const looks = method === "GET" || (access.kind === "tenant" && READING.includes(access.permission));
      const subject = proof.type === "session" ? `session ${proof.sessionId}` : `token ${proof.tokenId}`;
      return pay(looks ? reads : changes, looks ? "reads" : "changes", subject, cost, clock());
    },

    /**
     * Throws `too_many_requests` for a token that nobody has seen working lately, from an address that fails a lot:
     * guessing costs the database nothing then. Session cookies are signed and cannot be guessed.
     */
    mayTry(ip: string, token: string | null): void {
      if (token === null || !isWellFormedCredential("accessToken", token)) return;
      if (!goodTokens.has(fingerprint(token))) payFailure(ip, 0);
    },

    /** Remembers a token that worked. */
    worked(token: string): void {
      const mark = fingerprint(token);
      goodTokens.delete(mark);
      if (goodTokens.size >= MOST_GOOD_TOKENS) goodTokens.delete(goodTokens.values().next().value as string);
      goodTokens.add(mark);
    },

    /** Counts a request whose credentials are missing or no good. Throws `too_many_requests` when they are too many. */
    failed(ip: string, token: string | null): void {
      if (token !== null) goodTokens.delete(fingerprint(token));
      payFailure(ip, 1);
    },
  };
}

let limits: ReturnType<typeof createRequestLimits> | undefined;

/** This process's; the settings are read with the first request. */
export function requestLimits() {
  limits ??= createRequestLimits(env.apiLimits);
  return limits;
}
