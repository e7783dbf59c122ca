const MAX_PATH = 512;
const MAX_NAMES = 50;
const MAX_NAME = 64;
/** Keys and tokens of ours, JSON Web Tokens, and keys of the services that people use most. */
const KNOWN = /gh[tc]?_[A-Za-z0-9_-]{8}|eyJ|^[spr]k[_-]|^xox[a-z]-|^AKIA|^gh[opsu]_/;
/** What names things and is no secret: a UUID, a ULID, an ObjectId. */
const ID = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{24})$/i;
const RUN = /[A-Za-z0-9+=~]{16,}/g;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a part of an address may be a password, a token or a key: a long run of letters mixed with digits. */
function looksSecret(text: string): boolean {
  const plain = decoded(text);
  if (KNOWN.test(plain)) return true;
  if (ID.test(plain)) return false;
  return plain.match(RUN)?.some((run) => /\d/.test(run) && /[A-Za-z]/.test(run)) ?? false;
}

/** A request's path for people who look into a refusal: parts that may be a secret are hidden, as `[hidden]`. */
export function pathWithoutSecrets(path: string): string {
  const shown = path
    .slice(0, 8_192)
    .split("/")
    .map((segment) => (looksSecret(segment) ? "[hidden]" : segment))
    .join("/");
  return shown.length > MAX_PATH ? `${shown.slice(0, MAX_PATH)}…` : shown;
}

/** What Gatehouse hands out, or what could be that in percent-encoding. */
const PERHAPS_OURS = /gh[tc]?_|%/;
const OURS = /gh[tc]?_[A-Za-z0-9_-]{8}/;

/** A path as logs have it: whole, but for the keys, tokens and claim links that somebody put into it. */
export function pathForLog(path: string): string {
  // Nearly every path ends here: this runs for every request.
  if (!PERHAPS_OURS.test(path)) return path;
  return path
    .split("/")
    .map((segment) => (OURS.test(decoded(segment)) ? "[hidden]" : segment))
    .join("/");
}

/** The names of a raw query's parameters, each once. Values are not kept: they are where secrets travel. */
export function queryNames(query: string): string[] {
  const names = new Set<string>();
  for (const part of query.split("&", MAX_NAMES)) {
    const raw = part.split("=", 1)[0] as string;
    if (raw !== "") names.add(looksSecret(raw) ? "[hidden]" : raw.slice(0, MAX_NAME));
  }
  return [...names];
}
