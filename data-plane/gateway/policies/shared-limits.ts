import { hash } from "node:crypto";
import { createClient, type RedisClientType } from "@redis/client";
import type { RateLimit } from "#lib/contract/route.ts";
import type { GatewayLogger } from "../logger.ts";
import { type Counted, type LimitState, type RateLimiter, WINDOW_MS } from "./rate-limit.ts";

/** Time in which this thread itself was held up is not Redis's fault; but nobody waits for longer than this often. */
const MAX_EXTENSIONS = 4;
const HELD_UP_MS = 10;
const CONNECT_WITHIN_MS = 1_000;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 2_000;
const SETTLED_MS = 10_000;

/**
 * Adds ARGV[1] to the count of a window that begins with its first request, and gives the count and what is left of the
 * window. A look (0) makes nothing.
 */
const COUNT = `local count
if ARGV[1] == '0' then count = tonumber(redis.call('GET', KEYS[1]) or '0') else count = redis.call('INCRBY', KEYS[1], ARGV[1]) end
local left = redis.call('PTTL', KEYS[1])
if count > 0 and left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) left = tonumber(ARGV[2]) end
return {count, left}`;

export type SharedLimits = Pick<RateLimiter, "size"> & {
  take(counted: Counted, limit: RateLimit, now: number): LimitState | Promise<LimitState>;
  peek(counted: Counted, limit: RateLimit, now: number): LimitState | Promise<LimitState>;
  /** Whether the count is the one of all gateways at this moment. */
  shared(): boolean;
  /** How many requests were counted by this process alone, since the start. */
  fallbacks(): number;
  /** Resolves when the first attempt to reach Redis has succeeded or failed. */
  started: Promise<void>;
  close(): void;
};

type Options = {
  url: string;
  prefix: string;
  /** A request waits this long for its count, and after one that did nobody waits until Redis answers again. */
  timeoutMs: number;
  local: RateLimiter;
  logger: GatewayLogger;
};

/**
 * Counts of all gateways together, in a Redis or Valkey: one command a request. It never stands in the way: when Redis
 * is away, full or slow, this process goes on counting by itself from where the shared count was, without waiting, until
 * Redis answers again.
 */
export function createSharedLimits({ url, prefix, timeoutMs, local, logger }: Options): SharedLimits {
  let client: RedisClientType | null = null;
  let script = "";
  let usable = false;
  let usableSince = 0;
  let closed = false;
  let fallbacks = 0;
  let retries = 0;
  let retry: NodeJS.Timeout | null = null;
  const waiting = new Set<() => void>();
  const started = Promise.withResolvers<void>();

  /** Goes on without Redis, at once and for everybody who waits. */
  function giveUp(lost: RedisClientType, reason: string): void {
    if (client !== lost) return;
    client = null;
    // One that comes and goes is asked less and less often.
    if (usable && performance.now() - usableSince > SETTLED_MS) retries = 0;
    if (!closed && (usable || retries === 0)) {
      logger.warn(
        { reason },
        "Redis is away or slow: rate limits are counted by each gateway process for now",
      );
    }
    usable = false;
    lost.destroy();
    for (const goOn of [...waiting]) goOn();
    started.resolve();
    if (closed) return;
    const delay = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(retries++, 8));
    retry = setTimeout(connect, delay / 2 + (Math.random() * delay) / 2);
  }

  function connect(): void {
    retry = null;
    const next = createClient({
      url,
      RESP: 2,
      name: "gatehouse-gateway",
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_WITHIN_MS, reconnectStrategy: false },
    }) as unknown as RedisClientType;
    client = next;
    const late = setTimeout(() => giveUp(next, "no answer while connecting"), CONNECT_WITHIN_MS);
    const begin = async () => {
      await next.connect();
      script = (await next.sendCommand(["SCRIPT", "LOAD", COUNT])) as unknown as string;
      // Proof that it may write and is quick enough, before any request depends on it.
      const asked = performance.now();
      await next.sendCommand(["EVALSHA", script, "1", `${prefix}:limit:probe`, "1", "1000"]);
      if (performance.now() - asked > Math.max(timeoutMs, HELD_UP_MS))
        throw new Error("it answers too slowly");
    };
    next.on("error", (error: Error) => giveUp(next, reasonOf(error)));
    next.on("end", () => giveUp(next, "the connection ended"));
    begin().then(
      () => {
        clearTimeout(late);
        if (client !== next) return;
        if (retries > 0) logger.info({}, "Redis is back: rate limits are shared by all gateways again");
        usable = true;
        usableSince = performance.now();
        started.resolve();
      },
      (error: unknown) => {
        clearTimeout(late);
        giveUp(next, reasonOf(error));
      },
    );
  }

  /** Nobody who reads along in Redis learns an address or a key from its keys. */
  const nameOf = ({ tenantId, routeId, subject }: Counted): string =>
    `${prefix}:limit:${hash("sha256", `${routeId} ${tenantId} ${subject}`, "base64url").slice(0, 32)}`;

  function ask(
    on: RedisClientType,
    add: "0" | "1",
    counted: Counted,
    limit: RateLimit,
    now: number,
  ): Promise<LimitState> {
    return new Promise((resolve) => {
      const settle = (state: () => LimitState) => {
        if (!waiting.delete(goOn)) return;
        clearTimeout(timer);
        resolve(state());
      };
      const goOn = () =>
        settle(() => {
          fallbacks++;
          return add === "1" ? local.take(counted, limit, now) : local.peek(counted, limit, now);
        });
      let extensions = 0;
      let due = 0;
      const arm = () => {
        due = performance.now() + timeoutMs;
        return setTimeout(late, timeoutMs);
      };
      const late = () => {
        // When this thread was held up, the answer may be there and only unread, or was asked for late.
        if (performance.now() - due > HELD_UP_MS && extensions++ < MAX_EXTENSIONS) timer = arm();
        else giveUp(on, `no answer within ${timeoutMs} ms`);
      };
      let timer = arm();
      waiting.add(goOn);
      on.sendCommand(["EVALSHA", script, "1", nameOf(counted), add, String(WINDOW_MS)]).then(
        (reply) => {
          const [count, left] = (reply as unknown as [number, number]).map(Number) as [number, number];
          if (!Number.isFinite(count) || !Number.isFinite(left)) return giveUp(on, "it gave nonsense");
          settle(() => local.adopt(counted, limit, now, { count, endsAt: now + Math.max(left, 0) }));
        },
        (error: unknown) => giveUp(on, reasonOf(error)),
      );
    });
  }

  connect();
  return {
    take(counted, limit, now) {
      if (!usable || !client) {
        fallbacks++;
        return local.take(counted, limit, now);
      }
      // Whoever is over the limit stays so until the window ends; asking again would only be work.
      const known = local.peek(counted, limit, now);
      return known.limited ? known : ask(client, "1", counted, limit, now);
    },
    peek(counted, limit, now) {
      if (!usable || !client) return local.peek(counted, limit, now);
      return ask(client, "0", counted, limit, now);
    },
    size: local.size,
    shared: () => usable,
    fallbacks: () => fallbacks,
    started: started.promise,
    close() {
      closed = true;
      if (retry) clearTimeout(retry);
      if (client) giveUp(client, "the gateway stops");
    },
  };
}

/** What errors may say in full: others could name an address. */
const PLAIN_REASONS = new Set(["it answers too slowly", "Socket closed unexpectedly", "Connection timeout"]);

/** Why Redis could not be asked, in words that hold no address and no password. */
export function reasonOf(error: unknown): string {
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (code) return code;
  if (PLAIN_REASONS.has(message)) return message;
  return /^[A-Z]{2,}(?= )/.exec(message)?.[0] ?? name; // Redis begins its errors with their kind, as in NOAUTH
}
