import { holdsKey, withoutKeys } from "./request-values.ts";
import { shellWords } from "./shell-words.ts";

export type Header = { name: string; value: string };
/** A request as a curl line says it. `apiKey` and `authorization` are secrets: they stay in the page. */
export type CurlRequest = {
  method: string;
  /** Path and query below the tenant. */
  path: string;
  headers: Header[];
  body: string;
  apiKey: string | null;
  authorization: string | null;
  /** What was left out or could not be known, each a sentence. */
  notes: string[];
};
export type CurlResult = { ok: true; request: CurlRequest } | { ok: false; message: string };

/** Options without an argument that change nothing about the request. */
const SILENT = new Set(
  (
    "-s --silent -S --show-error -v --verbose -i --include --show-headers -L --location --location-trusted -f --fail " +
    "--fail-with-body -k --insecure --compressed -N --no-buffer -g --globoff -4 --ipv4 -6 --ipv6 -q --disable -# " +
    "--progress-bar --no-progress-meter -0 --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 -O --remote-name -J " +
    "--remote-header-name --tcp-nodelay --no-keepalive --styled-output --no-compressed --ssl --ssl-reqd --tlsv1.2 --tlsv1.3 -n --netrc"
  ).split(" "),
);
/** Options whose argument changes nothing about the request. */
const SILENT_WITH_ARGUMENT = new Set(
  (
    "-o --output -w --write-out -m --max-time --connect-timeout --retry --retry-delay --retry-max-time --cacert --capath " +
    "-E --cert --cert-type --key --key-type --pass -x --proxy --noproxy --resolve --connect-to -c --cookie-jar -D --dump-header " +
    "--limit-rate --max-redirs --interface --dns-servers --ciphers --tls-max -y --speed-time -Y --speed-limit --stderr --trace " +
    "--trace-ascii --unix-socket --keepalive-time"
  ).split(" "),
);
const LONG: Record<string, string> = {
  "-X": "--request",
  "-H": "--header",
  "-d": "--data",
  "-u": "--user",
  "-b": "--cookie",
  "-A": "--user-agent",
  "-e": "--referer",
  "-G": "--get",
  "-I": "--head",
  "-F": "--form",
  "-T": "--upload-file",
  "-r": "--range",
  "-K": "--config",
};
const WITH_ARGUMENT = new Set(
  (
    "--request --header --data --data-ascii --data-raw --data-binary --data-urlencode --json --url --user --cookie " +
    "--user-agent --referer --form --form-string --upload-file --range --config --oauth2-bearer --url-query"
  ).split(" "),
);
const WITHOUT_ARGUMENT = new Set(["--get", "--head", "--path-as-is"]);

type Option = { name: string; argument: string | null; variables: string[] };
type Words = { options: Option[]; urls: string[]; notes: string[] };

const takesArgument = (name: string) =>
  WITH_ARGUMENT.has(LONG[name] ?? name) || SILENT_WITH_ARGUMENT.has(name);
const isKnown = (name: string) =>
  takesArgument(name) || WITHOUT_ARGUMENT.has(LONG[name] ?? name) || SILENT.has(name);

function readWords(words: readonly { text: string; variables: string[] }[]): Words {
  const found: Words = { options: [], urls: [], notes: [] };
  for (let i = 0; i < words.length; i++) {
    const { text, variables } = words[i] as (typeof words)[number];
    if (!text.startsWith("-") || text === "-") {
      found.urls.push(text);
      continue;
    }
    if (text === "--") continue;
    if (text.startsWith("--")) {
      if (!isKnown(text)) found.notes.push(`The option ${text} is not understood here and was left out.`);
      else if (!takesArgument(text)) found.options.push({ name: text, argument: null, variables });
      else
        found.options.push({
          name: text,
          argument: words[++i]?.text ?? null,
          variables: words[i]?.variables ?? [],
        });
      continue;
    }
    // Short options may stand together, and the last one's argument may be glued to it: -sXPOST.
    for (let letter = 1; letter < text.length; letter++) {
      const name = `-${text[letter]}`;
      if (!isKnown(name)) {
        found.notes.push(`The option ${name} is not understood here and was left out.`);
        continue;
      }
      if (!takesArgument(name)) {
        found.options.push({ name: LONG[name] ?? name, argument: null, variables });
        continue;
      }
      const glued = text.slice(letter + 1);
      const next = glued === "" ? words[++i] : { text: glued, variables };
      found.options.push({
        name: LONG[name] ?? name,
        argument: next?.text ?? null,
        variables: next?.variables ?? [],
      });
      break;
    }
  }
  return found;
}

/** Takes away what a client resolves before it sends: `.` and `..` in the path. */
function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === "..") kept.pop();
    if (segment === "." || segment === "..") {
      if (last) kept.push("");
    } else kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

const KEY_IN_ADDRESS =
  "The API key in the address was left out: the gateway refuses a key that is in an address.";

type Address = { path: string; notes: string[]; hasCredentials: boolean };

/** The path and query below the tenant of an address as curl would send them. */
function addressOf(url: string, tenant: string, asIs: boolean): Address {
  const notes: string[] = [];
  const after = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
  const start = after.search(/[/?#]/);
  const authority = start === -1 ? after : after.slice(0, start);
  let rest = start === -1 ? "/" : after.slice(start);
  rest = rest.split("#", 1)[0] as string;
  if (!rest.startsWith("/")) rest = `/${rest}`;
  const mark = rest.indexOf("?");
  const query = mark === -1 ? "" : rest.slice(mark);
  let path = mark === -1 ? rest : rest.slice(0, mark);
  if (!asIs) path = withoutDotSegments(path);
  const under = /^\/gw\/([^/]*)(\/.*)?$/.exec(path);
  if (under) {
    path = under[2] ?? "/";
    if (under[1] !== tenant) {
      notes.push(`The address is of the tenant '${under[1]}'; the request is explained for '${tenant}'.`);
    }
  } else {
    notes.push("The address has no /gw/{tenant} in it, so its whole path was taken.");
  }
  return { path: path + query, notes, hasCredentials: authority.includes("@") };
}

/** Reads a header as `-H` takes it; null for one that takes a header away or is none. */
function readHeader(text: string): Header | null {
  const colon = text.indexOf(":");
  if (colon === -1) return text.endsWith(";") ? { name: text.slice(0, -1).trim(), value: "" } : null;
  const value = text.slice(colon + 1).trim();
  const name = text.slice(0, colon).trim();
  return name === "" || value === "" ? null : { name, value };
}

/** Keeps secrets apart from the headers that may be sent on: a key, a token, cookies. */
export function splitSecrets(headers: readonly Header[]): {
  headers: Header[];
  apiKey: string | null;
  authorization: string | null;
  cookie: boolean;
} {
  const find = (wanted: string) => headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? null;
  const secret = new Set(["x-api-key", "authorization", "cookie", "proxy-authorization"]);
  return {
    headers: headers.filter(({ name }) => !secret.has(name.toLowerCase())),
    apiKey: find("x-api-key"),
    authorization: find("authorization"),
    cookie: find("cookie") !== null,
  };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const readsFile = (option: string, argument: string) =>
  `${option} ${argument} reads a file, which a page cannot do: paste its content into the body.`;

/** The pieces of a body, in the order in which the options gave them, and what they say about its type. */
function readData(options: readonly Option[], notes: string[]) {
  const parts: string[] = [];
  let json = false;
  for (const { name, argument } of options) {
    if (argument === null) continue;
    if (name === "--data" || name === "--data-ascii" || name === "--data-binary" || name === "--json") {
      json ||= name === "--json";
      if (argument.startsWith("@")) notes.push(readsFile(name, argument));
      else parts.push(argument);
    } else if (name === "--data-raw") {
      parts.push(argument);
    } else if (name === "--data-urlencode") {
      const at = /^([^=@]*)([=@])?([\s\S]*)$/.exec(argument) as RegExpExecArray;
      if (at[2] === "@") notes.push(readsFile(name, argument));
      else if (at[2] === "=") parts.push(`${at[1] ? `${at[1]}=` : ""}${encodeURIComponent(at[3] as string)}`);
      else parts.push(encodeURIComponent(argument));
    }
  }
  return { body: parts.join(json ? "" : "&"), any: parts.length > 0, json };
}

/**
 * Reads a pasted curl line: what it would send to this tenant, with secrets kept apart and everything that was not
 * understood named. Runs nothing and reads no file.
 */
export function parseCurl(line: string, tenant: string): CurlResult {
  const split = shellWords(line.trim().replace(/^[$%>]\s+/, ""));
  if (!split.ok) return split;
  const start = split.words.findIndex(({ text }) => /^(?:.*[/\\])?curl(?:\.exe)?$/i.test(text));
  const assignments = split.words.slice(0, Math.max(0, start)).every(({ text }) => /^\w+=/.test(text));
  if (start === -1 || !assignments) return { ok: false, message: "This does not begin with curl." };
  const { options, urls, notes } = readWords(split.words.slice(start + 1));
  const argumentsOf = (name: string) =>
    options.flatMap((option) => (option.name === name && option.argument !== null ? [option.argument] : []));
  const has = (name: string) => options.some((option) => option.name === name);

  const [url, ...others] = [...argumentsOf("--url"), ...urls];
  if (url === undefined) return { ok: false, message: "There is no address in this line." };
  for (const other of others) notes.push(`'${other.slice(0, 80)}' was left out: one request at a time.`);
  const address = addressOf(url, tenant, has("--path-as-is"));
  notes.push(...address.notes);
  if (holdsKey(address.path)) notes.push(KEY_IN_ADDRESS);

  const headers = argumentsOf("--header").flatMap((text) => {
    if (text.startsWith("@")) notes.push(readsFile("-H", text));
    return readHeader(text) ?? [];
  });
  const add = (name: string, value: string) => {
    if (!headers.some((each) => each.name.toLowerCase() === name.toLowerCase()))
      headers.push({ name, value });
  };
  const data = readData(options, notes);
  for (const value of argumentsOf("--user-agent")) add("User-Agent", value);
  for (const value of argumentsOf("--referer")) add("Referer", value);
  for (const value of argumentsOf("--range")) add("Range", `bytes=${value}`);
  for (const value of argumentsOf("--user")) add("Authorization", `Basic ${base64(value)}`);
  for (const value of argumentsOf("--oauth2-bearer")) add("Authorization", `Bearer ${value}`);
  for (const name of ["--form", "--form-string", "--upload-file", "--config"]) {
    if (has(name)) notes.push(`${name} is not understood here: what it would send was left out.`);
  }
  const asQuery = has("--get");
  const form = has("--form") || has("--form-string");
  if (data.any && !asQuery) {
    add("Content-Type", data.json ? "application/json" : "application/x-www-form-urlencoded");
    if (data.json) add("Accept", "application/json");
  }
  const extra = [...argumentsOf("--url-query"), ...(asQuery && data.any ? [data.body] : [])].join("&");
  const joint = address.path.includes("?") ? "&" : "?";
  const secrets = splitSecrets(headers);
  if (secrets.cookie || has("--cookie"))
    notes.push("Cookies were left out: no decision of the gateway reads them.");
  if (address.hasCredentials) notes.push("The name and password in the address were left out.");
  const variables = new Set(split.words.slice(start + 1).flatMap((word) => word.variables));
  for (const variable of variables) {
    notes.push(`${variable} is a shell variable, and what it holds is not known here.`);
  }
  if (split.rest) notes.push("What follows the curl command was left out.");
  const usual = has("--head")
    ? "HEAD"
    : has("--upload-file")
      ? "PUT"
      : (data.any && !asQuery) || form
        ? "POST"
        : "GET";
  const isVariable = (text: string | null) =>
    text !== null && [...variables].some((each) => text.includes(each));
  return {
    ok: true,
    request: {
      method: argumentsOf("--request").at(-1) ?? usual,
      path: withoutKeys(extra === "" ? address.path : `${address.path}${joint}${extra}`),
      headers: secrets.headers,
      body: asQuery ? "" : data.body,
      apiKey: isVariable(secrets.apiKey) ? null : secrets.apiKey,
      authorization: isVariable(secrets.authorization) ? null : secrets.authorization,
      notes,
    },
  };
}
