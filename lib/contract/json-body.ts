/** A body as JSON, or why it is none, in words for its sender. */
export type JsonBody = { ok: true; value: unknown } | { ok: false; path: string; message: string };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** The names in a JSON text, counted with their repetitions: outside of strings a colon stands after a name only. */
function countNames(text: string): number {
  let names = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === COLON) names++;
    else if (unit === QUOTE) {
      i++;
      while (i < text.length && text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
    }
  }
  return names;
}

/** The members of all objects in a value, and whether one of them is called `__proto__`. */
function countMembers(value: unknown): { members: number; proto: boolean } {
  const open: unknown[] = [value];
  let members = 0;
  let proto = false;
  while (open.length > 0) {
    const next = open.pop();
    if (next === null || typeof next !== "object") continue;
    if (Array.isArray(next)) {
      for (const item of next) if (item !== null && typeof item === "object") open.push(item);
      continue;
    }
    for (const [name, member] of Object.entries(next)) {
      members++;
      if (name === "__proto__") proto = true;
      if (member !== null && typeof member === "object") open.push(member);
    }
  }
  return { members, proto };
}

/**
 * Reads a JSON body strictly. A name that comes twice is refused: whoever reads the body behind the gateway may
 * take the other of the two. So is `__proto__`, with which careless readers change more than the value.
 */
export function readJsonBody(body: Uint8Array): JsonBody {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return { ok: false, path: "", message: "is not UTF-8" };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, path: "", message: text.trim() === "" ? "is required" : "is not JSON" };
  }
  const { members, proto } = countMembers(value);
  if (members !== countNames(text)) return { ok: false, path: "", message: "has a member twice" };
  if (proto) return { ok: false, path: "", message: "has a member called __proto__, which is not allowed" };
  return { ok: true, value };
}

/** Whether a Content-Type says JSON: `application/json` or any `…+json`, in UTF-8. */
export function isJsonType(contentType: string | undefined): boolean {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  if (!/^\s*(application\/json|[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.-]+\+json)\s*$/.test(type)) return false;
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith("charset="));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}
