import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { errorEnvelope } from "#lib/contract/errors.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";

const ANSWERS: Record<string, { status: number; code: string; message: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "headers_too_large",
    message: "The request's headers are larger than 16 KiB.",
  },
  UPGRADE: {
    status: 400,
    code: "bad_request",
    message: "Connections here are HTTP and stay so.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "request_timeout",
    message: "The request was not sent in time.",
  },
};
const MALFORMED = { status: 400, code: "bad_request", message: "This is not a valid HTTP request." };

type WithAnswer = Socket & { _httpMessage?: { headersSent: boolean } | null };

/** Answers what Node could not read as a request, with the headers that every other answer has, and hangs up. */
export function brokenRequest(
  error: { code?: string | undefined },
  socket: Socket,
  headers: Record<string, string>,
): void {
  // Part of another answer may be on its way already; this one would be read as its continuation.
  const halfAnswered = (socket as WithAnswer)._httpMessage?.headersSent === true;
  if (!socket.writable || halfAnswered || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const { status, code, message } = ANSWERS[error.code ?? ""] ?? MALFORMED;
  const requestId = uuidv7();
  const body = JSON.stringify(errorEnvelope(code, message, requestId, []));
  const lines = Object.entries({
    ...headers,
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    "X-Request-Id": requestId,
    Connection: "close",
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}
