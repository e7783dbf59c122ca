import type { Header } from "./curl.ts";

/** What the form holds. `secret` is a key that came with a pasted curl: its hash and end, never the key itself. */
export type RequestValues = {
  method: string;
  path: string;
  keyId: string;
  keyHash: { hash: string; lastFour: string } | null;
  /** One `Name: value` a line. */
  headers: string;
  body: string;
  sourceIp: string;
  authorization: string;
};

export const EMPTY_REQUEST: RequestValues = {
  method: "GET",
  path: "",
  keyId: "",
  keyHash: null,
  headers: "",
  body: "",
  sourceIp: "",
  authorization: "",
};

/** The headers of the form's lines; a line without a colon is named in `bad`. */
export function readHeaderLines(text: string): { headers: Header[]; bad: string | null } {
  const headers: Header[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":");
    if (colon < 1) return { headers, bad: line.trim().slice(0, 60) };
    headers.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
  }
  return { headers, bad: null };
}

export const headerLines = (headers: readonly Header[]): string =>
  headers.map(({ name, value }) => `${name}: ${value}`).join("\n");

const KEY = /gh_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}/g;

/** An address is kept by histories and logs, so one with a key in it goes nowhere. */
export const holdsKey = (path: string): boolean => path.search(KEY) !== -1;

/** The same address without any key. */
export const withoutKeys = (path: string): string => path.replace(KEY, "");

/** What is sent to be explained. Headers with secrets have been taken out of `headers` by then. */
export function toInput(values: RequestValues, headers: readonly Header[]) {
  const authorization = values.authorization.trim();
  return {
    method: values.method,
    path: values.path,
    headers,
    body: values.body === "" ? null : { text: values.body },
    sourceIp: values.sourceIp.trim() || null,
    apiKeyId: values.keyHash ? null : values.keyId || null,
    apiKeyHash: values.keyHash?.hash ?? null,
    authorization:
      authorization === "" || /^\w+ /.test(authorization) ? authorization || null : `Bearer ${authorization}`,
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The request as a curl line that holds no secret: a key and a token are shell variables. */
export function toCurl(gateway: string, tenant: string, values: RequestValues): string {
  const { headers } = readHeaderLines(values.headers);
  const parts = ["curl -i"];
  if (values.method === "HEAD") parts.push("--head");
  else if (values.method !== "GET" || values.body !== "") parts.push(`-X ${values.method}`);
  parts.push("--path-as-is", quoted(`${gateway}/gw/${tenant}${values.path || "/"}`));
  if (values.keyId || values.keyHash) parts.push('-H "X-Api-Key: $API_KEY"');
  if (values.authorization) parts.push('-H "Authorization: Bearer $TOKEN"');
  for (const { name, value } of headers) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (values.body !== "") parts.push(`--data-raw ${quoted(values.body)}`);
  return parts.join(" \\\n  ");
}

/** The SHA-256 of a text in hexadecimal; null where the browser will not compute it (a page that is not secure). */
export async function sha256(text: string): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A path that no client could send as it is, encoded as a browser would; null when it needs nothing. */
export function encodedPath(path: string): string | null {
  const encoded = path.replace(/[^\x21-\x7e]/gu, encodeURIComponent);
  return encoded === path ? null : encoded;
}
