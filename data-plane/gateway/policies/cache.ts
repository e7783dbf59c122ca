import { hash } from "node:crypto";
import {
  type CacheRequest,
  cacheBypass,
  IN_NOT_MODIFIED,
  isUnchanged,
  MAX_VARY_NAMES,
  oldestTaken,
} from "#lib/contract/cache-rules.ts";
import { canonicalJson } from "#lib/contract/canonical-json.ts";
import type { CompiledRoute } from "#lib/contract/compiled-route.ts";
import { type Address, type AllowedExchange, beginAnswer } from "../exchange.ts";
import { HeaderLines } from "../header-lines.ts";
import { announcedLength } from "./body.ts";
import { createCacheStore, type KeptAnswer } from "./cache-store.ts";
import { createRecorder } from "./recorder.ts";

/** Longest that a request waits for the answer to another one like it before it asks the target itself. */
const LONGEST_WAIT_MS = 10_000;
/** How long after an answer that was not kept nobody waits for another. */
const PASSES_MS = 10_000;

const digest = (parts: readonly unknown[]) => hash("sha256", JSON.stringify(parts), "base64");
const documents = new WeakMap<CompiledRoute, string>();

/** Equal for routes that are written alike, so that a publish which leaves a route alone leaves its answers too. */
function documentOf(route: CompiledRoute): string {
  let document = documents.get(route);
  if (document === undefined) {
    document = hash("sha256", canonicalJson(route.route), "base64");
    documents.set(route, document);
  }
  return document;
}

/** Everything that a target's answer may depend on without having to say so in Vary. */
function keyOf({ tenant, route, req, caller }: AllowedExchange, { path, query }: Address, method: string) {
  return digest([
    tenant.id,
    route.id,
    documentOf(route),
    method,
    req.headers.host?.toLowerCase() ?? "",
    req.headersDistinct["x-api-version"] ?? [],
    path,
    query,
    caller?.credentialId ?? null,
  ]);
}

/** HEAD counts as GET where the target is called with GET for it, and so answers with the whole body. */
function recordedMethod({ req, route }: AllowedExchange): string {
  const asGet = route.method === "GET" && route.route.target.type !== "http";
  return asGet ? "GET" : (req.method as string);
}

function requestOf({ req, caller }: AllowedExchange): CacheRequest {
  return {
    method: req.method as string,
    header: (name) => req.headersDistinct[name]?.join(", "),
    hasBody: announcedLength(req) !== 0,
    credentialId: caller?.credentialId ?? null,
  };
}

function answerKept(exchange: AllowedExchange, request: CacheRequest, kept: KeptAnswer, age: number): void {
  const { res } = exchange;
  if (res.headersSent || res.destroyed) return;
  const unchanged = kept.status === 200 && isUnchanged(request.header, kept.headers);
  const status = unchanged ? 304 : kept.status;
  const headers = kept.headers.filter(([name]) => !unchanged || IN_NOT_MODIFIED.has(name.toLowerCase()));
  const lines = HeaderLines.of([...headers, ["Age", String(Math.floor(age))]]);
  const bodiless = status === 204 || status === 304;
  beginAnswer(exchange, status, lines, bodiless ? null : kept.length);
  res.endWhole(kept.body);
}

/**
 * The answers of routes with a cache, in the memory of this process. With 0 bytes nothing is kept. `now` is in
 * milliseconds and must not jump when the clock is set.
 */
export function createResponseCache(maxBytes: number, now: () => number = () => performance.now()) {
  const store = createCacheStore(maxBytes, now);
  /** Requests whose answers others wait for. */
  const pending = new Map<string, Promise<void>>();
  const counts = { hit: 0, miss: 0, bypass: 0 };

  function mark(exchange: AllowedExchange, outcome: "hit" | "miss" | "bypass"): void {
    exchange.cache = outcome;
    counts[outcome]++;
    exchange.headers = exchange.headers.and(HeaderLines.own(`X-Cache: ${outcome}\r\n`));
  }

  function namesOf(key: string): readonly string[] {
    const found = store.get(`vary ${key}`);
    return found?.kind === "vary" ? found.names : [];
  }
  const variant = ({ req }: AllowedExchange, key: string, names: readonly string[]): string =>
    names.length === 0 ? key : digest([key, ...names.map((name) => [name, req.headersDistinct[name] ?? []])]);

  /** The first answer under one of these keys that is young enough. */
  function find(exchange: AllowedExchange, keys: readonly string[], oldest: number | null) {
    for (const key of keys) {
      const found = store.get(variant(exchange, key, namesOf(key)));
      if (found?.kind !== "answer") continue;
      const age = found.answer.age + (now() - found.answer.keptAt) / 1_000;
      if (oldest === null || age <= oldest) return { answer: found.answer, age };
    }
    return null;
  }

  /** Waits until the answer is kept or is known not to be; or the caller goes, or patience ends. */
  function waitFor(leader: Promise<void>, { res }: AllowedExchange, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        res.off("close", finish);
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      res.once("close", finish);
      leader.then(finish);
    });
  }

  function record(exchange: AllowedExchange, key: string): void {
    const { tenant, route } = exchange;
    const waiting = Promise.withResolvers<void>();
    const under = variant(exchange, key, namesOf(key));
    const leads = !pending.has(under);
    if (leads) pending.set(under, waiting.promise);
    const settle = () => {
      if (leads) pending.delete(under);
      waiting.resolve();
    };
    exchange.recorder = createRecorder({
      route,
      isHead: recordedMethod(exchange) === "HEAD",
      maxBytes: store.maxEntryBytes,
      reserve: store.reserve,
      release: store.release,
      wall: Date.now,
      now,
      keep(answer, vary, seconds) {
        // All names that ever mattered: whoever is unlike in one of them asks the target.
        const names = [...new Set([...namesOf(key), ...vary])].sort();
        if (names.length <= MAX_VARY_NAMES) {
          const forMs = seconds * 1_000;
          const most = (route.route.cache?.ttlSeconds ?? 0) * 1_000;
          if (names.length > 0) store.set(tenant.id, `vary ${key}`, { kind: "vary", names }, most);
          store.set(tenant.id, variant(exchange, key, names), { kind: "answer", answer }, forMs);
        }
        settle();
      },
      refuse() {
        store.set(tenant.id, `passes ${under}`, { kind: "passes" }, PASSES_MS);
        settle();
      },
    });
  }

  return {
    /**
     * Answers from what was kept. Gives false when the target must be asked; then `exchange.recorder`, if there is
     * one, must hear its answer, and `discard` at the end of it. Requests that are alike and come meanwhile wait.
     */
    async serve(exchange: AllowedExchange, address: Address): Promise<boolean> {
      const { req, route } = exchange;
      const request = requestOf(exchange);
      if (maxBytes === 0 || cacheBypass(route, request) !== null) {
        mark(exchange, "bypass");
        return false;
      }
      const key = keyOf(exchange, address, recordedMethod(exchange));
      const keys = req.method === "HEAD" ? [keyOf(exchange, address, "GET"), key] : [key];
      const oldest = oldestTaken(request.header);
      if (oldest === 0) {
        mark(exchange, "bypass");
        record(exchange, key);
        return false;
      }
      let found = find(exchange, keys, oldest);
      const under = variant(exchange, key, namesOf(key));
      const leader = pending.get(under);
      if (!found && leader && store.get(`passes ${under}`) === null) {
        const { target } = route.route;
        const timeoutMs = "timeoutMs" in target ? target.timeoutMs : 0;
        await waitFor(leader, exchange, Math.min(timeoutMs, LONGEST_WAIT_MS));
        if (exchange.res.destroyed) return true; // nobody is there to be answered
        found = find(exchange, keys, oldest);
      }
      mark(exchange, found ? "hit" : "miss");
      if (found) answerKept(exchange, request, found.answer, found.age);
      else record(exchange, key);
      return found !== null;
    },
    stats: () => ({ ...store.stats(), ...counts }),
  };
}
export type ResponseCache = ReturnType<typeof createResponseCache>;
