import { DomainError, invalid } from "#lib/errors/domain-error.ts";

const DEFAULT_MAX_BYTES = 1024 * 1024;
/** This name is lost wherever an object is copied, so that a document that has it would not be stored as it came. */
const LOST_NAME = "__proto__";
/** The name itself, or an escape that one of its characters could hide behind. */
const MAY_HOLD_IT = /__proto__|\\u00(?:5f|6f|7[024])/i;

/** Deeper than anything that a person or a program means; what comes after may walk a value step by step. */
const MAX_DEPTH = 256;

/** Whether a text opens as many lists and objects as it takes to be too deep, next to or inside one another. */
function mayBeDeep(text: string): boolean {
  let opened = 0;
  for (let at = 0; at < text.length && opened <= MAX_DEPTH; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) opened++;
  }
  return opened > MAX_DEPTH;
}

/** Where a value stands; linked, because paths that are copied at each step cost the square of the depth. */
type Place = { name: string; in: Place | null; depth: number };

function pathOf(place: Place): string {
  const names: string[] = [];
  for (let at: Place | null = place; at; at = at.in) names.push(at.name);
  return names.reverse().join(".");
}

/** Looks without recursion, so that no depth can exhaust the stack. Throws `invalid_input` (422) or `bad_request`. */
function refuseUnkeepable(document: unknown): void {
  const open: { value: unknown; place: Place | null }[] = [{ value: document, place: null }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, place } = next;
    if (value === null || typeof value !== "object") continue;
    const depth = (place?.depth ?? 0) + 1;
    if (depth > MAX_DEPTH) {
      throw new DomainError("bad_request", `The body is nested more than ${MAX_DEPTH} levels deep.`);
    }
    for (const [name, member] of Object.entries(value)) {
      const at = { name, in: place, depth };
      if (name === LOST_NAME) throw invalid([{ path: pathOf(at), message: "cannot be a name" }]);
      open.push({ value: member, place: at });
    }
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const tooLarge = () =>
    new DomainError("payload_too_large", `The body is larger than ${maxBytes.toLocaleString("en")} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * Reads a JSON body of at most `maxBytes`. Throws `unsupported_media_type` (415), `payload_too_large` (413) or
 * `bad_request` (400: not UTF-8, not JSON, nested without end) or `invalid_input` (a name that would be lost); none of the messages quotes the body, which may hold a secret.
 */
export async function readJsonBody(request: Request, maxBytes = DEFAULT_MAX_BYTES): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const bytes = await readBytes(request, maxBytes);
  if (bytes.byteLength > 0 && type !== "application/json") {
    throw new DomainError("unsupported_media_type", "Send the body as application/json.");
  }
  if (bytes.byteLength === 0) return {};
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw new DomainError("bad_request", "The body is not valid JSON.");
  }
  if (MAY_HOLD_IT.test(text) || mayBeDeep(text)) refuseUnkeepable(value);
  return value;
}
