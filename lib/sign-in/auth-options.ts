import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { clientIp } from "#lib/access/client-ip.ts";
import { cookieName, SESSION_SECONDS } from "#lib/access/session-cookie.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { paths } from "#lib/paths.ts";
import { endSession, signIn } from "./commands.ts";
import { returnToConsole } from "./return-address.ts";

/** How long somebody may take at an identity provider. */
const VISIT_SECONDS = 900;

/** Out of every script's reach, and sent along only by this site's own pages and by links to it. */
const cookie = (name: string, secure: boolean, maxAge?: number) => ({
  name: cookieName(name, secure),
  options: {
    httpOnly: true,
    sameSite: "lax" as const,
    path: "/",
    secure,
    ...(maxAge === undefined ? {} : { maxAge }),
  },
});

/** Turns a refusal into the code that the sign-in page explains; nothing of the cause goes to the browser. */
function signInErrorCode(error: unknown): string {
  if (!(error instanceof DomainError)) return "unavailable";
  if (error.code === "too_many_requests") return `slowed_down:${error.headers["retry-after"] ?? "1"}`;
  if (error.code === "unavailable" && error.headers["retry-after"])
    return `busy:${error.headers["retry-after"]}`;
  return error.code === "unauthenticated" ? "CredentialsSignin" : "unavailable";
}

/**
 * next-auth's configuration but for the ways of signing in. Its cookie holds a signed and encrypted token that names a
 * row in `sessions` and nothing else; whether somebody is signed in is what that row says, on every request.
 */
export function sessionOptions(): Omit<NextAuthOptions, "providers"> {
  const secure = env.consoleUrl.startsWith("https://");
  // next-auth takes its own origin from the environment only, and would else send people to port 3000.
  process.env.NEXTAUTH_URL = env.consoleUrl;
  return {
    secret: env.secret,
    pages: { signIn: paths.signIn() },
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    useSecureCookies: secure,
    cookies: {
      sessionToken: cookie("gatehouse.session", secure),
      csrfToken: cookie("next-auth.csrf-token", secure),
      callbackUrl: cookie("next-auth.callback-url", secure),
      state: cookie("next-auth.state", secure, VISIT_SECONDS),
      nonce: cookie("next-auth.nonce", secure, VISIT_SECONDS),
      pkceCodeVerifier: cookie("next-auth.pkce.code_verifier", secure, VISIT_SECONDS),
    },
    callbacks: {
      jwt: ({ token, user }) => (user ? { sid: user.id } : { sid: token.sid }),
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => returnToConsole(url),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === "string") await endSession(token.sid);
      },
    },
    logger: { error() {}, warn() {}, debug() {} },
  };
}

/** The same with the ways of signing in that are the console's own; those of identity providers are asked one by one. */
export function authOptions(): NextAuthOptions {
  return {
    ...sessionOptions(),
    providers: [
      CredentialsProvider({
        name: "E-mail and password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(credentials, request) {
          const headers = new Headers((request.headers ?? {}) as Record<string, string>);
          try {
            const signedIn = await signIn(
              { email: credentials?.email, password: credentials?.password },
              { ip: clientIp(headers), userAgent: headers.get("user-agent") ?? "" },
            );
            return { id: signedIn.sessionId, userId: signedIn.userId };
          } catch (error) {
            throw new Error(signInErrorCode(error));
          }
        },
      }),
    ],
  };
}
