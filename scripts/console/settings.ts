import { existsSync } from "node:fs";
import path from "node:path";
import { defaultSender, whyNotSmtpUrl } from "#lib/mail/rules.ts";
import { readKeyring } from "#lib/secrets/sealed-secret.ts";
import { StartFailure } from "../start-failure.ts";

type Environment = Record<string, string | undefined>;

function wholeNumber(env: Environment, name: string, fallback: number, max: number): number {
  const text = env[name] || String(fallback);
  if (/^\d{1,5}$/.test(text) && Number(text) <= max) return Number(text);
  throw new StartFailure(`${name} must be a whole number from 0 to ${max}.`);
}

type ConsoleSettings = {
  port: number;
  trustedProxies: number;
  /** How notices are sent; null where no mail server is given. */
  notices: { smtpUrl: string; from: string; consoleUrl: string } | null;
};

function noticeSettings(env: Environment, port: number): ConsoleSettings["notices"] {
  if (!env.SMTP_URL) return null;
  const refusal = whyNotSmtpUrl(env.SMTP_URL);
  if (refusal) throw new StartFailure(refusal);
  const consoleUrl = env.CONSOLE_URL || `http://127.0.0.1:${port}`;
  if (!URL.canParse(consoleUrl)) throw new StartFailure("CONSOLE_URL is not an address.");
  return {
    smtpUrl: env.SMTP_URL,
    from: env.SMTP_FROM || defaultSender(consoleUrl),
    consoleUrl: consoleUrl.replace(/\/$/, ""),
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
  } catch (error) {
    throw new StartFailure((error as Error).message);
  }
  const build = path.resolve(env.NEXT_DIST_DIR || ".next", "BUILD_ID");
  if (!dev && !existsSync(build)) {
    throw new StartFailure("The console has not been built: run `npm run build` first.");
  }
  return { port, trustedProxies, notices: noticeSettings(env, port) };
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
