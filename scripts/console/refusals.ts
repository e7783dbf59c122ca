import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { kindOf } from "./answer-headers.ts";

/** An answer that is given before Next sees the request. */
export type EarlyAnswer = {
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
};

/** Longer addresses are nobody's: the longest that the console itself makes are filters of lists. */
export const LONGEST_ADDRESS = 8_192;
const HOST = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?$/;
const METHODS = {
  page: ["GET", "HEAD"],
  asset: ["GET", "HEAD"],
  data: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
};

const isLoopback = (name: string) =>
  name === "localhost" || name === "[::1]" || /^127(?:\.\d+){3}$/.test(name);
const isAddress = (name: string) => isIP(name.replace(/^\[|\]$/g, "")) !== 0;

/**
 * Judges the Host header. A name that is not the console's is refused: a foreign name that points here is how a page
 * of somebody else reaches what listens on a person's own machine. Addresses cannot be pointed elsewhere, and health
 * checks and proxies use them. Where the console itself is on this machine, its other names lead to the one that
 * cookies and the same-origin check know.
 */
function judgeHost(request: IncomingMessage, consoleUrl: URL, path: string): EarlyAnswer | null {
  const given = request.headers.host;
  if (given === undefined && request.httpVersion === "1.0") return null;
  const sent = request.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === "host").length;
  if (given === undefined || sent !== 1 || !HOST.test(given)) {
    return { status: 400, code: "bad_request", message: "The request needs one valid Host header." };
  }
  const host = URL.parse(`${consoleUrl.protocol}//${given}`);
  if (!host) return { status: 400, code: "bad_request", message: "The Host header is not valid." };
  if (host.host === consoleUrl.host) return null;
  const { hostname } = host;
  if (!isLoopback(hostname) && !isAddress(hostname)) {
    return {
      status: 421,
      code: "misdirected_request",
      message: `This console answers to ${consoleUrl.host} only. A proxy in front of it must pass the Host header on, and CONSOLE_URL must be the address that people use.`,
    };
  }
  const elsewhere = isLoopback(hostname) && isLoopback(consoleUrl.hostname) && kindOf(path) === "page";
  if (!elsewhere || !["GET", "HEAD"].includes(request.method ?? "")) return null;
  return {
    status: 307,
    code: "moved",
    message: `This console is at ${consoleUrl.origin}.`,
    headers: { location: consoleUrl.origin + request.url },
  };
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Answers what needs no page: well-known addresses, and what no honest client sends. Null for everything else. */
export function earlyAnswer(
  request: IncomingMessage,
  { consoleUrl, dev }: { consoleUrl: URL; dev: boolean },
): EarlyAnswer | null {
  const { url = "", method = "", headers } = request;
  if (url.length > LONGEST_ADDRESS) {
    return {
      status: 414,
      code: "uri_too_long",
      message: `The address is longer than ${LONGEST_ADDRESS} characters.`,
    };
  }
  if (!url.startsWith("/") || /[\\#\p{Cc}]/u.test(url)) {
    return { status: 400, code: "bad_request", message: "The address is not a path." };
  }
  const path = url.split("?", 1)[0] as string;
  if (!decodes(path)) {
    return { status: 400, code: "bad_request", message: "The path is not valid percent-encoded UTF-8." };
  }
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    return {
      status: 501,
      code: "not_implemented",
      message: "No transfer encoding but chunked is understood.",
    };
  }
  const wrongHost = judgeHost(request, consoleUrl, path);
  if (wrongHost) return wrongHost;
  if (path.startsWith("//")) {
    return { status: 404, code: "not_found", message: "There is nothing here." };
  }
  // What the development server's own pages ask it.
  if (dev && path.startsWith("/__nextjs")) return null;
  const allowed = METHODS[kindOf(path)];
  if (!allowed.includes(method)) {
    return {
      status: 405,
      code: "method_not_allowed",
      message: `This address takes ${allowed.join(", ")}.`,
      headers: { allow: allowed.join(", ") },
    };
  }
  return null;
}
