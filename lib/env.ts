import { defaultSender } from "./mail/rules.ts";
import { readKeyring } from "./secrets/sealed-secret.ts";

/** What the console needs from its environment. Read when first used, so that a build needs none of it. */
function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set. Start with \`npm run up\`, or set it as docs/deployment.md says.`);
  }
  return value;
}

/** How many requests a minute the management API takes, unless the settings say otherwise. */
const API_LIMITS = {
  /** From one session or token. */
  reads: ["API_READS_PER_MINUTE", 1_200],
  changes: ["API_CHANGES_PER_MINUTE", 300],
  /** From one address: where no credentials are needed, and with credentials that are missing or no good. */
  open: ["API_OPEN_PER_MINUTE", 300],
  failures: ["API_FAILURES_PER_MINUTE", 120],
} as const;

export type ApiLimits = Record<keyof typeof API_LIMITS, number>;

/** The limits of the management API. Throws for a setting that is no number of requests a minute. */
export function readApiLimits(settings: Record<string, string | undefined>): ApiLimits {
  const read = ([name, fallback]: (typeof API_LIMITS)[keyof typeof API_LIMITS]): number => {
    const text = settings[name] || String(fallback);
    if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
    throw new Error(`${name} must be a whole number of requests a minute, from 1 to 99999999.`);
  };
  const { reads, changes, open, failures } = API_LIMITS;
  return { reads: read(reads), changes: read(changes), open: read(open), failures: read(failures) };
}

export const env = {
  get databaseUrl() {
    return required("CONSOLE_DATABASE_URL");
  },
  /** Signs session cookies; at least 32 characters. */
  get secret() {
    const secret = required("GATEHOUSE_SECRET");
    if (secret.length < 32) throw new Error("GATEHOUSE_SECRET needs at least 32 characters.");
    return secret;
  },
  /** The console's public origin. */
  get consoleUrl() {
    return process.env.CONSOLE_URL ?? `http://127.0.0.1:${process.env.CONSOLE_PORT ?? 3000}`;
  },
  /** The gateway's public origin, for the addresses and curl lines that people copy. */
  get gatewayUrl() {
    return process.env.GATEWAY_URL ?? `http://127.0.0.1:${process.env.GATEWAY_PORT ?? 8080}`;
  },
  /** Whether what tenants name may lie inside the network. */
  get allowInternalUpstreams() {
    return process.env.ALLOW_INTERNAL_UPSTREAMS === "1";
  },
  /** What seals the secrets that machines must read again; empty when it is not given. */
  get encryptionKeyring() {
    return readKeyring(process.env.GATEHOUSE_ENCRYPTION_KEY);
  },
  /** The mail server; null where mail is not sent. */
  get smtpUrl() {
    return process.env.SMTP_URL || null;
  },
  /** Whom mail comes from. */
  get mailFrom() {
    return process.env.SMTP_FROM || defaultSender(this.consoleUrl);
  },
  /** How many proxies in front of the console may be believed about the client's address. */
  get trustedProxies() {
    return Number(process.env.TRUSTED_PROXIES ?? 0);
  },
  get apiLimits() {
    return readApiLimits(process.env);
  },
};
