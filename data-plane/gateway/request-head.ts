import type { IncomingMessage } from "node:http";
import type { Address } from "./exchange.ts";

const PREFIX = "/gw/";

/**
 * What is wrong with a request's headers although Node's parser let them pass; null when nothing is. A second
 * Host or an unknown Transfer-Encoding is read differently by different servers, which is how requests are
 * smuggled past a gateway.
 */
export function headProblem(request: IncomingMessage): string | null {
  if (request.httpVersionMajor !== 1) return "Only HTTP/1.1 and HTTP/1.0 are understood.";
  const raw = request.rawHeaders;
  let hosts = 0;
  let keys = 0;
  let authorizations = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length === 4) {
      if (name.toLowerCase() === "host") hosts++;
    } else if (name.length === 9) {
      if (name.toLowerCase() === "x-api-key") keys++;
    } else if (name.length === 13) {
      if (name.toLowerCase() === "authorization") authorizations++;
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      if ((raw[i + 1] as string).trim().toLowerCase() !== "chunked") {
        return "Only 'Transfer-Encoding: chunked' is understood.";
      }
      if (request.httpVersion === "1.0" || request.headers["content-length"] !== undefined) {
        return "Transfer-Encoding is not allowed here.";
      }
    }
  }
  if (hosts > 1) return "The Host header must be sent once.";
  if (hosts === 0 && request.httpVersion !== "1.0") return "The Host header is missing.";
  if (keys > 1) return "The X-Api-Key header must be sent once.";
  if (authorizations > 1) return "The Authorization header must be sent once.";
  return null;
}

/** Takes `/gw/{tenant}/{path}?{query}` apart without decoding any of it; null for any other address. */
export function parseAddress(url: string): Address | null {
  if (!url.startsWith(PREFIX)) return null;
  const mark = url.indexOf("?");
  const end = mark === -1 ? url.length : mark;
  const query = mark === -1 ? "" : url.slice(mark + 1);
  const slash = url.indexOf("/", PREFIX.length);
  if (slash === -1 || slash >= end) return { slug: url.slice(PREFIX.length, end), path: "/", query };
  return { slug: url.slice(PREFIX.length, slash), path: url.slice(slash, end), query };
}
