import type { CompiledRoute } from "#lib/contract/compiled-route.ts";
import { asciiJson, asciiJsonText } from "./ascii-json.ts";
import type { Exchange } from "./exchange.ts";
import { pathForLog } from "./hide-secrets.ts";
import type { TenantState } from "./snapshot.ts";

/** Lines wait until they fill a chunk of this many bytes, or for this many milliseconds. */
const CHUNK = 65_536;
const FLUSH_MS = 100;
const LINES_AT_ONCE = 16;
const LAST = ',"msg":"request"}\n';
const LAST_CUT_OFF = `,"cutOff":true${LAST}`;

const threeDigits = (value: number): string =>
  value > 99 ? `${value}` : value > 9 ? `0${value}` : `00${value}`;

/** Milliseconds to three places. A fraction's own way into text is slow. */
function milliseconds(duration: number): string {
  const micros = Math.round(duration * 1_000);
  const whole = Math.floor(micros / 1_000);
  return `${whole}.${threeDigits(micros - whole * 1_000)}`;
}

/** A moment as in ISO 8601, in UTC, but for the Z. All but its milliseconds are worked out once a second. */
function createClock() {
  let second = Number.NaN;
  let text = "";
  return (now: number): string => {
    const current = Math.floor(now / 1_000);
    if (current !== second) {
      second = current;
      text = new Date(current * 1_000).toISOString().slice(0, -4);
    }
    return `${text}${threeDigits(now - current * 1_000)}`;
  };
}

/** Where a request went, in words that many lines share. */
function createPlaces() {
  const texts = new WeakMap<
    CompiledRoute,
    { tenant: TenantState; number: number; slug: string; text: string }
  >();
  const tenantText = ({ slug, number }: TenantState) => `,"tenant":"${slug}","revision":${number}`;
  return (tenant: TenantState | null, route: CompiledRoute | null): string => {
    if (!tenant) return "";
    if (!route) return tenantText(tenant);
    const known = texts.get(route);
    if (known?.tenant === tenant && known.number === tenant.number && known.slug === tenant.slug)
      return known.text;
    const { number, slug } = tenant;
    const text = `${tenantText(tenant)},"routeId":"${route.id}"`;
    texts.set(route, { tenant, number, slug, text });
    return text;
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
 * `sink` takes whole lines, as bytes that nobody else touches any more.
 */
export function createRequestLog(process: string, sink: (lines: Buffer) => void): RequestLog {
  const isoTime = createClock();
  const placeOf = createPlaces();
  const afterTime = `Z","process":"${process}","requestId":"`;
  // Kept as bytes: a chunk of strings put together from parts would be moved about by the garbage collector. A few
  // lines wait as they are, because turning text into bytes costs the more the less of it there is.
  let chunk = Buffer.allocUnsafeSlow(CHUNK);
  let length = 0;
  let waiting = "";
  let lines = 0;
  let timer: NodeJS.Timeout | null = null;

  function emit(): void {
    if (length === 0) return;
    // A copy when it is not full: after a quiet moment a few lines must not hold on to a whole chunk.
    const full = length > CHUNK / 2;
    const bytes = full ? chunk.subarray(0, length) : Buffer.from(chunk.subarray(0, length));
    if (full) chunk = Buffer.allocUnsafeSlow(CHUNK);
    length = 0;
    sink(bytes);
  }

  function toBytes(): void {
    const text = waiting;
    waiting = "";
    lines = 0;
    if (text.length > CHUNK - length) emit();
    if (text.length > CHUNK) sink(Buffer.from(text, "latin1"));
    else length += chunk.write(text, length, "latin1");
  }

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    toBytes();
    emit();
  }

  function append(line: string): void {
    waiting += line;
    if (++lines === LINES_AT_ONCE) toBytes();
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
        `{"level":30,"time":"${isoTime(Date.now())}${afterTime}${requestId}","method":"${req.method}",` +
          `"path":${asciiJsonText(pathForLog(path))},"status":${status},"durationMs":${milliseconds(durationMs)},` +
          `"sourceIp":"${sourceIp}"${placeOf(tenant, route)}` +
          (key ? `,"apiKeyId":"${key.id}"` : "") +
          (cache ? `,"cache":"${cache}"` : "") +
          (code ? `,"code":"${code}"` : "") +
          (targetError ? `,"targetError":${asciiJson(targetError)}` : "") +
          (res.writableFinished ? LAST : LAST_CUT_OFF),
      );
    },
  };
}
