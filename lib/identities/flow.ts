import type { NextAuthOptions } from "next-auth";
import type { PersonActor } from "#lib/access/actor.ts";
import { authenticate } from "#lib/access/authenticate.ts";
import { clientIp } from "#lib/access/client-ip.ts";
import { cookieName } from "#lib/access/session-cookie.ts";
import { requestLimits } from "#lib/api/request-limits.ts";
import { errorResponse } from "#lib/api/responses.ts";
import { assertSameOrigin } from "#lib/api/same-origin.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { paths, safeReturnPath } from "#lib/paths.ts";
import { sessionOptions } from "#lib/sign-in/auth-options.ts";
import { endSession } from "#lib/sign-in/commands.ts";
import { noteConfirmed } from "#lib/sign-in/confirm.ts";
import { confirmBy, linkTo, signInFrom } from "./arrive.ts";
import { type Answer, askNextAuth } from "./ask-next-auth.ts";
import { providerNamed } from "./configured.ts";
import {
  ERRAND_SECONDS,
  type Errand,
  errandCookieName,
  openErrand,
  openTicket,
  sealErrand,
} from "./errand.ts";
import { oauthProvider, type Visit } from "./provider.ts";
import type { Claims, Problem } from "./rules.ts";
import type { IdentityProvider } from "./settings.ts";

const MAX_FORM_BYTES = 16_384;
const MAX_CALLBACK_LENGTH = 8_192;
/** Of what an address may ask without credentials: each of the two halves of a visit asks the provider twice. */
const VISIT_COST = 2;

type Passage = { request: Request; provider: IdentityProvider; requestId: string };

const isSecure = () => env.consoleUrl.startsWith("https://");

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function cookiesOf(request: Request): Record<string, string> {
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at).trim(), decoded(part.slice(at + 1).trim())] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== "" && name !== "__proto__"));
}

function cookieLine(name: string, value: string, maxAge: number): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${isSecure() ? "; Secure" : ""}`;
}

/** What a visit leaves in the browser, ended. */
const forgetVisit = () =>
  [
    errandCookieName(isSecure()),
    ...["state", "nonce", "pkce.code_verifier"].map((name) => cookieName(`next-auth.${name}`, isSecure())),
  ].map((name) => cookieLine(name, "", 0));

/** Somebody who is signed in, in this browser, with nothing left to give. */
async function personHere({ request, requestId }: Passage): Promise<PersonActor | null> {
  const actor = await authenticate(request.headers, requestId);
  return actor?.proof.type === "session" && actor.userId !== null ? (actor as PersonActor) : null;
}

/** One line for whoever runs the installation; nothing of tokens, codes, or what the provider wrote. */
function logProblem({ provider, requestId }: Passage, problem: Problem): void {
  console.error(
    JSON.stringify({
      level: "warn",
      msg: "sign-in by provider failed",
      provider: provider.name,
      problem,
      requestId,
    }),
  );
}

function problemPage(passage: Passage, problem: Problem, purpose?: Errand["purpose"]): string {
  logProblem(passage, problem);
  const { provider, requestId } = passage;
  return paths.signInProblem({ problem, provider: provider.name, about: purpose, request: requestId });
}

const redirect = (location: string, setCookies: readonly string[]): Response => {
  const headers = new Headers({
    location: new URL(location, env.consoleUrl).href,
    "cache-control": "no-store",
  });
  for (const line of setCookies) headers.append("set-cookie", line);
  return new Response(null, { status: 302, headers });
};

const goTo = (url: string, setCookies: readonly string[]): Response => {
  const headers = new Headers({ "cache-control": "no-store" });
  for (const line of setCookies) headers.append("set-cookie", line);
  return Response.json({ url: new URL(url, env.consoleUrl).href }, { headers });
};

/** What is asked of the provider: for what needs a fresh proof, that it asks the person again. */
const askFor = (purpose: Errand["purpose"]): Visit["ask"] =>
  purpose === "confirm" ? { prompt: "login", max_age: 0 } : purpose === "link" ? { prompt: "login" } : {};

const optionsFor = (
  provider: IdentityProvider,
  visit: Visit,
  outcome: { redirect: string | null },
): NextAuthOptions => {
  const base = sessionOptions();
  return {
    ...base,
    providers: [oauthProvider(provider, visit)],
    callbacks: { ...base.callbacks, signIn: () => outcome.redirect ?? true },
  };
};

/** Sends the browser to the provider, with the errand in a cookie beside next-auth's own. */
async function begin(passage: Passage): Promise<Response> {
  const { request, provider } = passage;
  assertSameOrigin(request);
  const url = new URL(request.url);
  // next-auth would hand these on to the provider, whatever they say.
  if (url.search !== "") throw new DomainError("bad_request", "This address takes no query.");
  const form = await request.text();
  if (form.length > MAX_FORM_BYTES) throw new DomainError("payload_too_large", "The form is too large.");
  const { csrfToken = "", callbackUrl = "", errand: ticket } = Object.fromEntries(new URLSearchParams(form));
  requestLimits().open(clientIp(request.headers), VISIT_COST);
  const person = await personHere(passage);
  const sessionId = person?.proof.type === "session" ? person.proof.sessionId : null;
  let purpose: Errand["purpose"] = sessionId ? "enter" : "sign_in";
  if (ticket) {
    const leave = await openTicket(ticket);
    if (leave?.provider !== provider.name || leave.sessionId !== sessionId) {
      return goTo(problemPage(passage, sessionId ? "expired" : "signed_out"), forgetVisit());
    }
    purpose = leave.purpose;
  }
  const visit: Visit = { ask: askFor(purpose), arrived: async () => null, failed: () => undefined };
  const answer = await askNextAuth(
    {
      method: "POST",
      action: "signin",
      provider: provider.name,
      query: {},
      body: { csrfToken, callbackUrl: "/" },
      headers: Object.fromEntries(request.headers),
      cookies: cookiesOf(request),
    },
    optionsFor(provider, visit, { redirect: null }),
  );
  const location = URL.parse(answer.location ?? "");
  const state = location?.searchParams.get("state");
  if (!location || !state) {
    // Without its CSRF token it is a form that is too old; else the provider could not be found.
    const stale = location?.searchParams.get("csrf") === "true";
    return goTo(problemPage(passage, stale ? "expired" : "unreachable", purpose), forgetVisit());
  }
  const errand = await sealErrand({
    purpose,
    provider: provider.name,
    state,
    startedAt: Math.floor(Date.now() / 1_000),
    returnTo: safeReturnPath(callbackUrl),
    sessionId,
  });
  const cookie = cookieLine(errandCookieName(isSecure()), errand, ERRAND_SECONDS);
  return goTo(location.href, [...answer.setCookies, cookie]);
}

type Outcome = { location: string | null; problem: Problem | null };

/** Does what the person came for, once the provider's word has been verified; gives the session that it opened. */
async function fulfil(
  passage: Passage,
  errand: Errand,
  claims: Claims,
  outcome: Outcome,
): Promise<string | null> {
  const { request, provider, requestId } = passage;
  const from = {
    ip: clientIp(request.headers),
    userAgent: request.headers.get("user-agent") ?? "",
    requestId,
  };
  const arriving = { provider, claims, from };
  const person = await personHere(passage);
  const sessionId = person?.proof.type === "session" ? person.proof.sessionId : null;
  const sameSession = person !== null && sessionId === errand.sessionId;
  if (errand.purpose === "sign_in" || errand.purpose === "enter") {
    if (errand.purpose === "enter" && !sameSession) {
      outcome.problem = "signed_out";
      return null;
    }
    const signedIn = await signInFrom(arriving, errand.purpose === "enter" ? (person?.userId ?? null) : null);
    if ("problem" in signedIn) {
      outcome.problem = signedIn.problem;
      return null;
    }
    // The browser's cookie names one session; the one before would stay open and be nobody's.
    if (errand.sessionId) await endSession(errand.sessionId);
    outcome.location = errand.returnTo;
    return signedIn.sessionId;
  }
  if (!sameSession) {
    outcome.problem = "signed_out";
  } else if (errand.purpose === "link") {
    outcome.problem = await linkTo(person, arriving);
    outcome.location = paths.accountProviderAdded(provider.name);
  } else {
    outcome.problem = await confirmBy(person, arriving, errand.startedAt);
    if (!outcome.problem) await noteConfirmed(person);
    outcome.location = paths.signInConfirmed();
  }
  return null;
}

/** The provider has sent the browser back. */
async function arrive(passage: Passage): Promise<Response> {
  const { request, provider } = passage;
  const url = new URL(request.url);
  const cookies = cookiesOf(request);
  const query = Object.fromEntries(url.searchParams);
  const errand = await openErrand(cookies[errandCookieName(isSecure())]);
  const end = (problem: Problem) => redirect(problemPage(passage, problem, errand?.purpose), forgetVisit());
  const own = errand !== null && errand.provider === provider.name && errand.state === query.state;
  if (!own || url.search.length > MAX_CALLBACK_LENGTH) return end("expired");
  if (query.error !== undefined) return end(query.error === "access_denied" ? "cancelled" : "provider_error");

  try {
    requestLimits().open(clientIp(request.headers), VISIT_COST);
  } catch {
    return end("too_often");
  }
  const outcome: Outcome = { location: null, problem: null };
  const said = { redirect: null as string | null };
  const visit: Visit = {
    ask: {},
    failed: (problem) => {
      outcome.problem ??= problem;
    },
    async arrived(claims) {
      const opened = await fulfil(passage, errand, claims, outcome);
      // Anything but a string lets next-auth set the cookie of a session.
      said.redirect = opened === null ? paths.home() : null;
      return opened;
    },
  };
  const answer: Answer = await askNextAuth(
    {
      method: "GET",
      action: "callback",
      provider: provider.name,
      query,
      body: {},
      headers: Object.fromEntries(request.headers),
      cookies,
    },
    optionsFor(provider, visit, said),
  );
  if (outcome.problem || outcome.location === null) return end(outcome.problem ?? "unreachable");
  return redirect(outcome.location, [...answer.setCookies, ...forgetVisit()]);
}

/**
 * Answers what is between the browser and an identity provider: `POST /api/auth/signin/{name}` gives the address to go
 * to, `GET /api/auth/callback/{name}` is where the provider sends people back. Null for whatever is not about a
 * provider of this installation.
 */
export async function answerProviderVisit(
  request: Request,
  segments: readonly string[],
): Promise<Response | null> {
  const [action, name = ""] = segments;
  const provider = segments.length === 2 ? providerNamed(name) : null;
  if (!provider || (action !== "signin" && action !== "callback")) return null;
  const passage: Passage = { request, provider, requestId: uuidv7() };
  try {
    return await answerPassage(passage, action);
  } catch (error) {
    return errorResponse(error, passage.requestId);
  }
}

async function answerPassage(passage: Passage, action: "signin" | "callback"): Promise<Response> {
  const { request } = passage;
  if (action === "signin") return request.method === "POST" ? begin(passage) : redirect(paths.signIn(), []);
  // A form sent from the provider's page would come without our cookies.
  return request.method === "GET"
    ? arrive(passage)
    : redirect(problemPage(passage, "invalid_answer"), forgetVisit());
}
