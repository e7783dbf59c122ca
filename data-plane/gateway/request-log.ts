import type { Exchange } from "./exchange.ts";
import { pathForLog } from "./hide-secrets.ts";

/** Lines wait until they fill a chunk of this many characters, or for this many milliseconds. */
const CHUNK = 32_768;
const FLUSH_MS = 100;
/** What needs no escaping in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

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
  let lines = "";
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (lines === "") return;
    const whole = lines;
    lines = "";
    sink(whole);
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
      lines +=
        `{"level":30,"time":"${isoTime(Date.now())}","process":"${process}","requestId":"${requestId}",` +
        `"method":"${req.method}","path":${quoted(pathForLog(path))},"status":${status},` +
        `"durationMs":${durationMs},"sourceIp":"${sourceIp}"` +
        (tenant ? `,"tenant":"${tenant.slug}","revision":${tenant.number}` : "") +
        (route ? `,"routeId":"${route.id}"` : "") +
        (key ? `,"apiKeyId":"${key.id}"` : "") +
        (cache ? `,"cache":"${cache}"` : "") +
        (code ? `,"code":"${code}"` : "") +
        (targetError ? `,"targetError":${JSON.stringify(targetError)}` : "") +
        `${res.writableFinished ? "" : ',"cutOff":true'},"msg":"request"}\n`;
      if (lines.length >= CHUNK) flush();
      else timer ??= setTimeout(flush, FLUSH_MS);
    },
  };
}
