import type { Exchange } from "./exchange.ts";
import { pathForLog } from "./hide-secrets.ts";

/** Lines wait until they fill a chunk of this many bytes, or for this many milliseconds. */
const CHUNK = 65_536;
const FLUSH_MS = 100;
/** What needs no escaping in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
/** JSON in ASCII, so that a character is a byte. */
const ascii = (value: unknown): string => JSON.stringify(value).replace(/[^ -~]/g, escaped);
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : ascii(text));

/** A moment as in ISO 8601, in UTC. All but its milliseconds are worked out once a second. */
function createClock() {
  let second = Number.NaN;
  let text = "";
  return (now: number): string => {
    const current = Math.floor(now / 1_000);
    if (current !== second) {
      second = current;
      text = new Date(current * 1_000).toISOString().slice(0, -4);
    }
    const ms = now - current * 1_000;
    return `${text}${ms > 99 ? ms : ms > 9 ? `0${ms}` : `00${ms}`}Z`;
  };
}

export type RequestLog = {
  /** One line about a request whose answer has ended. `path` is as sent and without its query. */
  write(exchange: Exchange, path: string, status: number, durationMs: number): void;
  flush(): void;
};

/**
 * A JSON line for every request, in the shape of the other lines of the log. Written out by hand and collected in
 * chunks, because it is a good part of what an answer costs. Never the query, a key or a body: they hold secrets.
 * `sink` takes whole lines.
 */
export function createRequestLog(process: string, sink: (lines: string) => void): RequestLog {
  const isoTime = createClock();
  // Kept as bytes: a chunk of strings put together from parts would be moved about by the garbage collector.
  const chunk = Buffer.allocUnsafe(CHUNK);
  let length = 0;
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (length === 0) return;
    const lines = chunk.toString("latin1", 0, length);
    length = 0;
    sink(lines);
  }

  function append(line: string): void {
    if (line.length > CHUNK - length) flush();
    if (line.length > CHUNK) sink(line);
    else length += chunk.write(line, length, "latin1");
    timer ??= setTimeout(flush, FLUSH_MS);
  }

  return {
    flush,
    write(
      { req, res, requestId, sourceIp, tenant, route, key, cache, code, targetError },
      path,
      status,
      durationMs,
    ) {
      // What is not quoted with care here is not a caller's: identifiers of ours, or held to a shape before.
      append(
        `{"level":30,"time":"${isoTime(Date.now())}","process":"${process}","requestId":"${requestId}",` +
          `"method":"${req.method}","path":${quoted(pathForLog(path))},"status":${status},` +
          `"durationMs":${durationMs},"sourceIp":"${sourceIp}"` +
          (tenant ? `,"tenant":"${tenant.slug}","revision":${tenant.number}` : "") +
          (route ? `,"routeId":"${route.id}"` : "") +
          (key ? `,"apiKeyId":"${key.id}"` : "") +
          (cache ? `,"cache":"${cache}"` : "") +
          (code ? `,"code":"${code}"` : "") +
          (targetError ? `,"targetError":${ascii(targetError)}` : "") +
          `${res.writableFinished ? "" : ',"cutOff":true'},"msg":"request"}\n`,
      );
    },
  };
}
