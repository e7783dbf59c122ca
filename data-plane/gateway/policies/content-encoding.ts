import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: Record<string, Decoder> = {
  gzip: promisify(gunzip) as Decoder,
  "x-gzip": promisify(gunzip) as Decoder,
  deflate: promisify(inflate) as Decoder,
  br: promisify(brotliDecompress) as Decoder,
};

/**
 * A body without its Content-Encoding, for looking at what it says. `max` bounds the decoded size, so that a few
 * bytes cannot become a gigabyte. `unsupported` for an encoding that is not known, and for several at once.
 */
export async function decodeBody(
  body: Buffer,
  encoding: string | undefined,
  max: number,
): Promise<Buffer | "too_large" | "unsupported" | "malformed"> {
  const name = (encoding ?? "").trim().toLowerCase();
  if (name === "" || name === "identity" || body.length === 0) return body;
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (!decode) return "unsupported";
  try {
    return await decode(body, { maxOutputLength: Math.max(1, max) });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? "too_large" : "malformed";
  }
}
