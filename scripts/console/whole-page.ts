import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { UNREACHABLE_DIGEST } from "#lib/contract/errors.ts";

const compress = promisify(gzip);
const WORTH_COMPRESSING = 1_024;
/**
 * How React marks the place in a page where Next found out, too late for the status, that there is nothing: on the
 * place itself, or, where that had been written already, in an instruction that comes after it.
 */
const NOTHING_HERE = /data-dgst="NEXT_HTTP_ERROR_FALLBACK;404"|\$RX\("B:\w+","NEXT_HTTP_ERROR_FALLBACK;404"/;
/** The same of a place that could not be made because the database cannot be asked. */
const UNREACHABLE_HERE = new RegExp(
  `data-dgst="${UNREACHABLE_DIGEST}"|\\$RX\\("B:\\w+","${UNREACHABLE_DIGEST}"`,
);
const RETRY_SECONDS = 5;

type End = ServerResponse["end"];
type Write = ServerResponse["write"];
type WriteHead = ServerResponse["writeHead"];
type Done = (() => void) | undefined;

const bytesOf = (chunk: unknown, encoding: unknown): Buffer =>
  typeof chunk === "string"
    ? Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8")
    : Buffer.from(chunk as Uint8Array);
const doneOf = (...args: unknown[]): Done => args.find((arg) => typeof arg === "function") as Done;

/**
 * Keeps a page back until it is whole, however long that takes: a status must not depend on the machine's load. Next
 * sends it with the first part of a page, before it has looked for the thing that the page shows; a page about nothing
 * would say 200. Compresses it too, which is what Next would do. Pages that the console itself goes to are fetched as
 * data, which is not kept back, and show at once that something happens.
 */
export function sendWhole(request: IncomingMessage, response: ServerResponse): void {
  const zips = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  delete request.headers["accept-encoding"];
  const real = {
    writeHead: response.writeHead.bind(response) as WriteHead,
    write: response.write.bind(response) as Write,
    end: response.end.bind(response) as End,
    flushHeaders: response.flushHeaders.bind(response),
  };
  let held: Buffer[] | null = [];

  // Whoever wraps these further keeps what it found: they stay in place, and let everything through once nothing is held.
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    if (!held) return real.writeHead(status, ...(rest as []));
    response.statusCode = status;
    const headers = rest.find((part) => typeof part === "object" && part !== null) as
      | OutgoingHttpHeaders
      | undefined;
    for (const [name, value] of Object.entries(headers ?? {})) {
      if (value !== undefined) response.setHeader(name, value);
    }
    return response;
  }) as WriteHead;
  response.flushHeaders = () => {
    if (!held) real.flushHeaders();
  };
  response.write = ((chunk: unknown, encoding: unknown, done: unknown) => {
    if (!held) return real.write(chunk, encoding as BufferEncoding, doneOf(done));
    held.push(bytesOf(chunk, encoding));
    doneOf(encoding, done)?.();
    return true;
  }) as Write;
  response.end = ((chunk: unknown, encoding: unknown, done: unknown) => {
    if (!held) return real.end(chunk, encoding as BufferEncoding, doneOf(done));
    if (chunk !== undefined && chunk !== null && typeof chunk !== "function")
      held.push(bytesOf(chunk, encoding));
    const page = Buffer.concat(held);
    held = null;
    const after = doneOf(chunk, encoding, done);
    void finish(response, page, zips).then((body) => real.end(body, after as () => void));
    return response;
  }) as End;
}

async function finish(response: ServerResponse, page: Buffer, zips: boolean): Promise<Buffer> {
  if (String(response.getHeader("content-type")).startsWith("text/html")) {
    const { statusCode } = response;
    const html = statusCode === 200 || statusCode === 500 ? page.toString("latin1") : "";
    // A page of which nothing could be made has its error's number in its data alone.
    if (statusCode === 500 ? html.includes(UNREACHABLE_DIGEST) : UNREACHABLE_HERE.test(html)) {
      response.statusCode = 503;
      response.setHeader("Retry-After", RETRY_SECONDS);
    } else if (statusCode === 200 && NOTHING_HERE.test(html)) response.statusCode = 404;
  }
  const vary = [response.getHeader("vary") ?? []].flat().join(", ");
  if (!/accept-encoding/i.test(vary)) {
    response.setHeader("Vary", vary ? `${vary}, Accept-Encoding` : "Accept-Encoding");
  }
  if (!zips || page.length < WORTH_COMPRESSING || response.hasHeader("content-encoding")) return page;
  response.removeHeader("content-length");
  response.setHeader("Content-Encoding", "gzip");
  return compress(page);
}
