import { readFileSync } from "node:fs";
import { PROVIDER_NAME } from "./rules.ts";

type Environment = Record<string, string | undefined>;

const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const SIGN_UPS = ["nobody", "invited", "anybody"] as const;
const CLIENT_AUTHS = ["client_secret_basic", "client_secret_post"] as const;
/** Names that next-auth's own addresses, or our other ways to sign in, have. */
const RESERVED = ["credentials", "password", "passkey", "second-factor", "totp", "email", "oidc"];
const SETTINGS = [
  "ISSUER",
  "CLIENT_ID",
  "CLIENT_SECRET",
  "CLIENT_SECRET_FILE",
  "CLIENT_AUTH",
  "LABEL",
  "SCOPES",
  "ALGORITHM",
  "EMAIL_DOMAINS",
  "TRUST_EMAIL",
  "SIGN_UP",
  "SECOND_FACTOR",
] as const;
type Setting = (typeof SETTINGS)[number];

/** One identity provider, as the installation's settings describe it. */
export type IdentityProvider = {
  /** Its part in addresses, in sessions and in tenants' settings. */
  name: string;
  /** What people read on the button. */
  label: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  clientAuth: (typeof CLIENT_AUTHS)[number];
  scopes: string;
  /** The one algorithm with which it signs. */
  algorithm: string;
  /** Only addresses of these domains come in; empty for any. */
  emailDomains: readonly string[];
  /** Whether its word that an address is somebody's is taken. */
  trustEmail: boolean;
  /** For whom an account is made: nobody, people who have been invited, everybody whom it vouches for. */
  signUp: (typeof SIGN_UPS)[number];
  /** Values of `amr` and `acr` that say that a second factor was given. */
  secondFactor: { amr: readonly string[]; acr: readonly string[] };
};

/** A setting cannot be what it is. The message names it and never holds its value. */
export class ProviderSettingsError extends Error {
  override name = "ProviderSettingsError";
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);
const prefixOf = (name: string) => `OIDC_${name.toUpperCase().replaceAll("-", "_")}_`;

/**
 * Reads OIDC_PROVIDERS and OIDC_<NAME>_…, in the order of the names; empty when none is named. Throws
 * ProviderSettingsError with a sentence for whoever runs the installation.
 */
export function readProviders(env: Environment): readonly IdentityProvider[] {
  const names = words(env.OIDC_PROVIDERS ?? "");
  for (const [index, name] of names.entries()) {
    if (!PROVIDER_NAME.test(name) || RESERVED.includes(name) || names.indexOf(name) !== index) {
      throw new ProviderSettingsError(
        `OIDC_PROVIDERS: name ${index + 1} cannot be used. Give each provider a name of its own of at most 30 lower-case letters, digits and -, beginning with a letter (not ${RESERVED.join(", ")}).`,
      );
    }
  }
  refuseUnknown(env, names);
  return names.map((name) => readProvider(env, name));
}

/** A setting that nothing reads is a mistake that would be found out late. */
function refuseUnknown(env: Environment, names: readonly string[]): void {
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith("OIDC_") || variable === "OIDC_PROVIDERS") continue;
    const owner = names.find((name) => variable.startsWith(prefixOf(name)));
    const setting = owner ? variable.slice(prefixOf(owner).length) : null;
    const known = SETTINGS.some((each) => each === setting);
    // Of two names such as corp and corp-eu, the longer one's settings begin like the shorter one's.
    const another = names.some((name) => SETTINGS.some((each) => variable === prefixOf(name) + each));
    if (owner && !known && !another) {
      throw new ProviderSettingsError(
        `${variable} is not a setting. There are ${SETTINGS.map((each) => `${prefixOf(owner)}${each}`).join(", ")}.`,
      );
    }
    if (!owner && SETTINGS.some((each) => variable.endsWith(`_${each}`))) {
      throw new ProviderSettingsError(
        `${variable} is set, and OIDC_PROVIDERS names no provider that it could belong to.`,
      );
    }
  }
}

function readProvider(env: Environment, name: string): IdentityProvider {
  const variable = (setting: Setting) => prefixOf(name) + setting;
  const wrong = (setting: Setting, must: string) =>
    new ProviderSettingsError(`${variable(setting)} must be ${must}.`);
  const given = (setting: Setting) => env[variable(setting)]?.trim() || null;
  const needed = (setting: Setting, what: string) => {
    const value = given(setting);
    if (value === null) throw wrong(setting, what);
    return value;
  };
  const oneOf = <const Value extends string>(setting: Setting, values: readonly Value[], fallback: Value) => {
    const value = given(setting) ?? fallback;
    const found = values.find((each) => each === value);
    if (!found) throw wrong(setting, `one of ${values.join(", ")}`);
    return found;
  };
  const issuer = needed("ISSUER", "the provider's issuer, an address such as https://login.example.com");
  if (!isIssuer(issuer)) {
    throw wrong("ISSUER", "an https address without query and fragment (http only on this machine)");
  }
  const scopes = words(given("SCOPES") ?? "openid email profile");
  if (!scopes.includes("openid")) throw wrong("SCOPES", "a list of scopes with openid among them");
  const emailDomains = words((given("EMAIL_DOMAINS") ?? "").toLowerCase());
  if (!emailDomains.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain))) {
    throw wrong("EMAIL_DOMAINS", "a list of domains such as example.com, example.org");
  }
  const trustEmail = oneOf("TRUST_EMAIL", ["0", "1"], "0") === "1";
  const signUp = oneOf("SIGN_UP", SIGN_UPS, "invited");
  if (signUp === "anybody" && !trustEmail) {
    throw new ProviderSettingsError(
      `${variable("SIGN_UP")}=anybody needs ${variable("TRUST_EMAIL")}=1: an account is made for an address, so the provider's word on addresses has to count.`,
    );
  }
  return {
    name,
    label: label(given("LABEL") ?? name, () => wrong("LABEL", "one line of at most 60 characters")),
    issuer,
    clientId: needed("CLIENT_ID", "the id under which the provider knows this console"),
    clientSecret: readSecret(given, wrong),
    clientAuth: oneOf("CLIENT_AUTH", CLIENT_AUTHS, "client_secret_basic"),
    scopes: scopes.join(" "),
    algorithm: oneOf("ALGORITHM", ALGORITHMS, "RS256"),
    emailDomains,
    trustEmail,
    signUp,
    secondFactor: readSecondFactor(words(given("SECOND_FACTOR") ?? ""), () =>
      wrong("SECOND_FACTOR", "a list such as amr:mfa amr:otp acr:https://login.example.com/strong"),
    ),
  };
}

/** Tokens and secrets travel there; on this machine, for trying things out, they need no TLS. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.search || url.hash || url.username || url.password) return false;
  const here = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && here);
}

function label(text: string, wrong: () => Error): string {
  if (text.length > 60 || /\p{Cc}/u.test(text)) throw wrong();
  return text;
}

function readSecondFactor(values: readonly string[], wrong: () => Error) {
  const of = (kind: "amr" | "acr") =>
    values.filter((value) => value.startsWith(`${kind}:`)).map((value) => value.slice(4));
  const [amr, acr] = [of("amr"), of("acr")];
  if (amr.length + acr.length !== values.length || [...amr, ...acr].includes("")) throw wrong();
  return { amr, acr };
}

function readSecret(
  given: (setting: Setting) => string | null,
  wrong: (setting: Setting, must: string) => Error,
): string {
  const secret = given("CLIENT_SECRET");
  const file = given("CLIENT_SECRET_FILE");
  if (secret && file) throw wrong("CLIENT_SECRET_FILE", "left out where CLIENT_SECRET is set");
  if (secret) return secret;
  if (!file) throw wrong("CLIENT_SECRET", "the secret that the provider gave, or be in CLIENT_SECRET_FILE");
  try {
    const text = readFileSync(file, "utf8").trim();
    if (text !== "") return text;
  } catch {
    // The sentence below says it.
  }
  throw wrong("CLIENT_SECRET_FILE", "a file that can be read and holds the secret");
}
