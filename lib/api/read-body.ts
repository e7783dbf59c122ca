import { DomainError } from "#lib/errors/domain-error.ts";

const DEFAULT_MAX_BYTES = 1024 * 1024;

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
 * `bad_request` (400: not UTF-8, not JSON); none of the messages quotes the body, which may hold a secret.
 */
export async function readJsonBody(request: Request, maxBytes = DEFAULT_MAX_BYTES): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const bytes = await readBytes(request, maxBytes);
  if (bytes.byteLength > 0 && type !== "application/json") {
    throw new DomainError("unsupported_media_type", "Send the body as application/json.");
  }
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new DomainError("bad_request", "The body is not valid JSON.");
  }
}
