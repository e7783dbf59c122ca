import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { atEndOfTurn, endTurn } from "./end-of-turn.ts";
import type { HeaderLines } from "./header-lines.ts";

/** Longer than the usual 60 s of load balancers, so that it is they who close idle connections. */
export const KEEP_ALIVE_MS = 65_000;

/** A body up to this size is copied behind its head: one write costs less than two do. */
const ONE_WRITE_BYTES = 16_384;

/** What node:http itself goes by, and does not declare. That it still does is what answer.integration.test.ts sees to. */
type Inside = {
  _header: string | null;
  _headerSent: boolean;
  /** The connection closes after this answer. */
  _last: boolean;
  _hasBody: boolean;
  _finish(): void;
};

const statusLines = new Map<number, string>();
function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;
    statusLines.set(status, line);
  }
  return line;
}

let second = Number.NaN;
let dateLine = "";
/** The Date header, worked out once a second. */
function dateNow(): string {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    dateLine = `Date: ${new Date(now * 1_000).toUTCString()}\r\n`;
  }
  return dateLine;
}

const KEEP_ALIVE = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1_000}\r\n\r\n`;
const CLOSE = "Connection: close\r\n\r\n";

/**
 * A caller may close its side behind its request and still wants its answer. Node closes the other side when it hears of
 * that, which may be within the turn in which the request was answered.
 */
export function writeBeforeEnds(server: Server<typeof IncomingMessage, typeof Answer>): void {
  server.on("connection", (socket) => socket.prependListener("end", endTurn));
}

/**
 * Node lets go of a connection that asks for another protocol. Answers that are still to come on it need what node did
 * until then: the rest of a long one waits for room, and nobody else hears of errors.
 */
export function answerOn(socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  socket.on("drain", () => (socket as { _httpMessage?: Answer | null })._httpMessage?.emit("drain"));
}

/**
 * An answer whose head is put together here, as one text, in place of node:http's general way: that costs a good part
 * of what answering costs. Whose turn it is on a connection, when it ends and what becomes of the connection then stay
 * with node:http.
 */
export class Answer extends ServerResponse<IncomingMessage> {
  #sentWhole = false;

  static {
    // Also of what node:http does not know that it ended. It is declared as a field there, and is none.
    Object.defineProperty(Answer.prototype, "writableFinished", {
      get(this: Answer): boolean {
        return this.#sentWhole || Reflect.get(ServerResponse.prototype, "writableFinished", this);
      },
    });
  }

  /**
   * Begins the answer; nothing is sent before its first byte or its end. `length` is the body's, null when it is not
   * known.
   */
  begin(status: number, { text, dated }: HeaderLines, length: number | null, closes: boolean): void {
    const inside = this as unknown as Inside;
    let head = statusLine(status) + text;
    if (status === 204 || status === 304) inside._hasBody = false;
    if (length !== null) head += `Content-Length: ${length}\r\n`;
    if (!dated) head += dateNow();
    // An old caller does not know chunks: it takes everything until the connection closes for the body.
    const framed = length !== null || this.useChunkedEncodingByDefault;
    if (length === null && inside._hasBody && framed) {
      head += "Transfer-Encoding: chunked\r\n";
      this.chunkedEncoding = true;
    }
    inside._last = closes || !this.shouldKeepAlive || !framed;
    this.statusCode = status;
    inside._header = head + (inside._last ? CLOSE : KEEP_ALIVE);
  }

  /** Ends an answer that has begun and of which nothing has been sent, with all of its body. A text is in ASCII. */
  endWhole(body: Buffer | string | null): void {
    const inside = this as unknown as Inside;
    const { socket } = this;
    const sent = inside._hasBody ? body : null;
    const large = sent !== null && sent.length > ONE_WRITE_BYTES;
    // Not its turn yet, or nobody is there any more: node:http sees to it.
    if (large || this.chunkedEncoding || !socket?.writable) {
      this.end(sent ?? undefined, "latin1");
      return;
    }
    const text = sent === null ? "" : typeof sent === "string" ? sent : sent.toString("latin1");
    // As text of one byte a character, the body is written together with the head.
    const whole = inside._header + text;
    atEndOfTurn(() => this.#write(whole));
  }

  #write(whole: string): void {
    const inside = this as unknown as Inside;
    const { socket } = this;
    if (this.destroyed || !socket?.writable) return; // the caller has gone meanwhile
    inside._headerSent = true;
    // Not before: for node:http a connection whose answer has finished is one that may be closed.
    this.finished = true;
    socket.write(whole, "latin1", (error) => {
      if (error) return;
      this.#sentWhole = true;
      this.emit("finish");
    });
    inside._finish();
  }
}
