import pg from "pg";
import {
  type Changes,
  readChangesSince,
  readEverything,
  readRevisions,
  type TenantRow,
} from "#data-plane/sql/gateway.ts";
import { blockOf, type KeyBlock, readKeyBlocks } from "#data-plane/sql/keys.ts";
import { CHANNELS, POLL_INTERVAL_MS } from "#lib/contract/channels.ts";
import { bothOrNeither } from "./both-or-neither.ts";
import type { News } from "./last-good/index.ts";
import type { GatewayLogger } from "./logger.ts";
import type { Snapshot, TenantState } from "./snapshot.ts";
import type { Issuers } from "./tokens/issuers.ts";

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;
/** A connection that does not answer for this long is given up: it may be gone without a word. */
const ANSWER_WITHIN_MS = 15_000;
/** Revisions are compiled on the thread that serves; this many are fetched at once and applied one by one. */
const REVISIONS_PER_QUERY = 16;
/** Blocks of keys (10,000 each) that are handed on for keeping; when more has changed, everything is kept anew. */
const MAX_BLOCKS_KEPT = 10;

export type ChangesOptions = {
  databaseUrl: string;
  snapshot: Snapshot;
  issuers: Pick<Issuers, "apply" | "replaceAll">;
  logger: GatewayLogger;
  /**
   * After each catch-up: which tenants serve or refuse something new, the database snapshot that is now in force,
   * and whether there was anything new in it.
   */
  onApplied(changed: TenantState[], databaseSnapshot: string, news: boolean): void;
  /** What a catch-up brought, for keeping; not called when it brought nothing. */
  onNews(news: News): void;
  /** An error before anything was ever loaded; resolve to false to give up. The next attempt waits for it. */
  onFirstFailure(error: unknown): Promise<boolean>;
};

/**
 * Keeps the snapshot in step with the database over one connection: a notification is only a nudge, a poll every
 * 2 s makes up for lost ones, and both read what changed since the last time. When the connection goes, what is in
 * memory is served on; a new connection begins with everything. As long as nothing is served, a second
 * one brings the keys meanwhile.
 */
export function followChanges(options: ChangesOptions) {
  const { snapshot, issuers, logger } = options;
  let client: pg.Client | null = null;
  let helper: pg.Client | null = null;
  let databaseSnapshot: string | null = null;
  let purges: string | null = null;
  let loadedOnce = false;
  let stopped = false;
  let failures = 0;
  let retry: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let again = false;

  async function applyRevisions(
    on: pg.Client,
    tenants: readonly TenantRow[],
    texts: Map<string, string>,
    signal: AbortSignal | null = null,
  ): Promise<TenantState[]> {
    const changed: TenantState[] = [];
    const lacking = tenants.filter((row) => !row.deleted && snapshot.lacks(row));
    const read = (part: readonly TenantRow[]) => {
      const wanted = part.flatMap(({ id, liveRevision }) =>
        liveRevision === null ? [] : [{ tenantId: id, number: liveRevision }],
      );
      const found = wanted.length > 0 ? readRevisions(on, wanted) : Promise.resolve([]);
      found.catch(() => {}); // whoever needs them hears of it
      return found;
    };
    const partFrom = (start: number) => lacking.slice(start, start + REVISIONS_PER_QUERY);
    let reading = read(partFrom(0));
    for (let start = 0; start < lacking.length; start += REVISIONS_PER_QUERY) {
      const part = partFrom(start);
      const found = await reading;
      reading = read(partFrom(start + REVISIONS_PER_QUERY)); // on their way while these are compiled
      const contents = new Map(found.map((row) => [row.tenantId, row.content]));
      for (const { id, liveRevision } of part) {
        signal?.throwIfAborted();
        const state = await snapshot.applyRevision(id, liveRevision, contents.get(id) ?? null);
        if (!state) continue;
        changed.push(state);
        const text = contents.get(id);
        if (loadedOnce && state.content && text !== undefined && state.number === liveRevision) {
          texts.set(state.content, text);
        }
        if (state.refused !== null && state.refused === liveRevision) {
          logger.error(
            { tenant: state.slug, revision: state.refused, serving: state.number, reason: state.error },
            "revision refused",
          );
        }
      }
    }
    return changed;
  }

  /** Puts what has changed about keys into force. Gives it for keeping; null when that is too much. */
  async function applyKeys(
    on: pg.Client,
    { keys, since }: Changes,
    signal: AbortSignal | null = null,
  ): Promise<KeyBlock[] | null> {
    if (keys) {
      if (keys.length === 0) return [];
      const block = blockOf(keys);
      await snapshot.applyKeys(block);
      return [block];
    }
    let kept: KeyBlock[] | null = loadedOnce ? [] : null;
    for await (const block of readKeyBlocks(on, since)) {
      signal?.throwIfAborted();
      if (!(await snapshot.applyKeys(block))) continue;
      if (kept && kept.push(block) > MAX_BLOCKS_KEPT) kept = null;
    }
    return kept;
  }

  /** Every key there is; `gone` when some that were known are none of them. */
  async function applyAllKeys(on: pg.Client, changes: Changes, signal: AbortSignal | null = null) {
    snapshot.beginAllKeys();
    const keys = await applyKeys(on, changes, signal);
    return { keys, gone: await snapshot.endAllKeys() };
  }

  /** A connection for the keys alone; null when there is none to be had. */
  async function connectHelper(): Promise<pg.Client | null> {
    const next = newClient("gatehouse-gateway-keys");
    next.on("error", () => {}); // its queries tell
    helper = next;
    try {
      await next.connect();
      return next;
    } catch (error) {
      logger.warn(
        { err: error },
        "no second connection to load keys with: they are loaded after the revisions",
      );
      return null;
    }
  }

  /** Keys beside revisions: PostgreSQL packs the ones while this process compiles the others. */
  async function applyBeside(on: pg.Client, changes: Changes, texts: Map<string, string>) {
    const both = bothOrNeither(
      (signal) => applyRevisions(on, changes.tenants, texts, signal),
      async (signal, compiled) => {
        const beside = await connectHelper();
        if (!beside) await compiled;
        return applyAllKeys(beside ?? on, changes, signal);
      },
    );
    const [changed, applied] = await both.finally(() => void helper?.end().catch(() => {}));
    return { changed, ...applied };
  }

  async function applyEverything(on: pg.Client, changes: Changes, texts: Map<string, string>) {
    const replace = () => {
      const without = snapshot.replaceTenants(changes.tenants);
      return issuers.replaceAll(changes.issuers) || without;
    };
    if (snapshot.tenants().length === 0) {
      const replaced = replace();
      const applied = await applyBeside(on, changes, texts);
      return { ...applied, gone: applied.gone || replaced };
    }
    // Where requests are answered meanwhile, keys end before anything new opens.
    const { keys, gone } = await applyAllKeys(on, changes);
    const replaced = replace();
    return { keys, gone: gone || replaced, changed: await applyRevisions(on, changes.tenants, texts) };
  }

  async function catchUp(on: pg.Client): Promise<void> {
    let changes = databaseSnapshot === null ? null : await readChangesSince(on, databaseSnapshot);
    // Rows that are gone change nothing that could be read: only reading everything tells which are.
    const purged = changes !== null && changes.purges !== purges;
    if (purged) changes = null;
    const everything = changes === null;
    changes ??= await readEverything(on);
    purges = changes.purges;
    const texts = new Map<string, string>();
    let gone = purged;
    let keys: KeyBlock[] | null;
    let changed: TenantState[];
    if (everything) {
      const applied = await applyEverything(on, changes, texts);
      gone = applied.gone || gone;
      ({ keys, changed } = applied);
    } else {
      for (const row of changes.issuers) issuers.apply(row);
      keys = await applyKeys(on, changes);
      for (const row of changes.tenants) snapshot.applyTenant(row);
      changed = await applyRevisions(on, changes.tenants, texts);
    }
    // Whoever answers next may be another server: without its connection, what was read is where nobody goes on from.
    if (client === on) databaseSnapshot = changes.snapshot;
    loadedOnce = true;
    const news = everything || changes.tenants.length > 0 || keys?.length !== 0 || changes.issuers.length > 0;
    if (news) {
      const { tenants } = changes;
      options.onNews({ tenants, keys: keys ?? [], issuers: changes.issuers, texts, gone: gone || !keys });
    }
    options.onApplied(everything ? snapshot.tenants() : changed, changes.snapshot, news);
  }

  /** One catch-up at a time; a nudge during one asks for another, because it may have come too late for it. */
  function nudge(): void {
    const on = client;
    if (!on || stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = catchUp(on)
      .catch((error: unknown) => drop(on, error))
      .finally(() => {
        running = null;
        if (again) {
          again = false;
          nudge();
        }
      });
  }

  function drop(lost: pg.Client, error: unknown): void {
    if (client !== lost) return;
    client = null;
    databaseSnapshot = null;
    void lost.end().catch(() => {});
    if (stopped) return;
    if (loadedOnce) {
      retryLater(error);
      return;
    }
    void options.onFirstFailure(error).then((goOn) => {
      if (goOn && !stopped) retryLater(error);
    });
  }

  function retryLater(error: unknown): void {
    const limit = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures++);
    const delay = limit / 2 + (Math.random() * limit) / 2;
    logger.warn({ err: error, retryInMs: Math.round(delay) }, "database away, serving what is in memory");
    retry = setTimeout(() => void connect(), delay);
  }

  const newClient = (name: string) =>
    new pg.Client({
      connectionString: options.databaseUrl,
      application_name: name,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: ANSWER_WITHIN_MS,
    });

  async function connect(): Promise<void> {
    retry = null;
    const next = newClient("gatehouse-gateway-changes");
    client = next;
    next.on("error", (error) => drop(next, error));
    next.on("end", () => drop(next, new Error("the connection ended")));
    next.on("notification", nudge);
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANNELS.changed}`);
    } catch (error) {
      return drop(next, error);
    }
    if (client !== next) return;
    if (failures > 0) logger.info({}, "database back");
    failures = 0;
    again = false;
    nudge();
  }

  void connect();
  const poll = setInterval(nudge, POLL_INTERVAL_MS);

  return {
    connected: () => client !== null && databaseSnapshot !== null,
    async stop(): Promise<void> {
      stopped = true;
      clearInterval(poll);
      if (retry) clearTimeout(retry);
      const last = client;
      client = null;
      await Promise.all([last, helper].map((each) => each?.end().catch(() => {})));
    },
  };
}
