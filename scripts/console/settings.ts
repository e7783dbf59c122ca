import { existsSync } from "node:fs";
import path from "node:path";
import { readApiLimits } from "#lib/env.ts";
import { readProviders } from "#lib/identities/settings.ts";
import { defaultSender, whyNotSmtpUrl } from "#lib/mail/rules.ts";
import { readKeyring } from "#lib/secrets/sealed-secret.ts";
import { StartFailure } from "../start-failure.ts";

type Environment = Record<string, string | undefined>;

function wholeNumber(env: Environment, name: string, fallback: number, max: number): number {
  const text = env[name] || String(fallback);
  if (/^\d{1,5}$/.test(text) && Number(text) <= max) return Number(text);
  throw new StartFailure(`${name} must be a whole number from 0 to ${max}.`);
}

export type ConsoleSettings = {
  port: number;
  trustedProxies: number;
  /** The console's public address: what links, cookies and the same-origin check go by. */
  consoleUrl: URL;
  /** The gateway's public origin. */
  gatewayOrigin: string;
  /** How notices are sent; null where no mail server is given. */
  notices: { smtpUrl: string; from: string; consoleUrl: string } | null;
};

/** A setting that must be the address of a site: nothing behind its host, and no credentials. */
function siteAddress(env: Environment, name: string, fallback: string): URL {
  const url = URL.parse(env[name] || fallback);
  const plain = url?.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  if (url && plain && ["http:", "https:"].includes(url.protocol)) return url;
  throw new StartFailure(
    `${name} must be an address such as https://gatehouse.example, with nothing behind the host.`,
  );
}

function noticeSettings(env: Environment, consoleUrl: URL): ConsoleSettings["notices"] {
  if (!env.SMTP_URL) return null;
  const refusal = whyNotSmtpUrl(env.SMTP_URL);
  if (refusal) throw new StartFailure(refusal);
  return {
    smtpUrl: env.SMTP_URL,
    from: env.SMTP_FROM || defaultSender(consoleUrl.origin),
    consoleUrl: consoleUrl.origin,
  };
}

/**
 * What the console's server needs before it listens. Throws StartFailure for what a person has to mend; the values
 * of secrets and addresses stay out of the message.
 */
export function consoleSettings(env: Environment, dev: boolean): ConsoleSettings {
  const port = wholeNumber(env, "CONSOLE_PORT", 3000, 65_535);
  const trustedProxies = wholeNumber(env, "TRUSTED_PROXIES", 0, 32);
  if (!env.CONSOLE_DATABASE_URL) {
    throw new StartFailure("CONSOLE_DATABASE_URL is not set: give the console's own database address.");
  }
  if ((env.GATEHOUSE_SECRET ?? "").length < 32) {
    throw new StartFailure("GATEHOUSE_SECRET needs at least 32 characters: it signs the console's sessions.");
  }
  try {
    readKeyring(env.GATEHOUSE_ENCRYPTION_KEY);
    readApiLimits(env);
    readProviders(env);
  } catch (error) {
    throw new StartFailure((error as Error).message);
  }
  const build = path.resolve(env.NEXT_DIST_DIR || ".next", "BUILD_ID");
  if (!dev && !existsSync(build)) {
    throw new StartFailure("The console has not been built: run `npm run build` first.");
  }
  const consoleUrl = siteAddress(env, "CONSOLE_URL", `http://127.0.0.1:${port}`);
  const gatewayUrl = siteAddress(env, "GATEWAY_URL", `http://127.0.0.1:${env.GATEWAY_PORT || 8080}`);
  return {
    port,
    trustedProxies,
    consoleUrl,
    gatewayOrigin: gatewayUrl.origin,
    notices: noticeSettings(env, consoleUrl),
  };
}

/**
 * The client's address: the socket's, or, behind that many trusted proxies, what the outermost of them wrote. Anything
 * further to the left was written by the client and is not believed.
 */
export function clientAddress(
  socket: string,
  forwardedFor: string | string[] | undefined,
  trustedProxies: number,
): string {
  if (trustedProxies === 0) return socket;
  const hops = String(forwardedFor ?? "")
    .split(",")
    .map((hop) => hop.trim())
    .filter(Boolean);
  return hops.at(-trustedProxies) ?? socket;
}
