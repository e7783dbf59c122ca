import { type Changes, readRevisions } from "#data-plane/sql/gateway.ts";
import type { KeyBlock } from "#data-plane/sql/keys.ts";
import type { Queryable } from "#data-plane/sql/queryable.ts";
import type { GatewayLogger } from "../logger.ts";
import type { Snapshot, TenantState } from "../snapshot.ts";
import type { Issuers } from "../tokens/issuers.ts";
import { folderOf } from "./folder.ts";
import { readLastGood, readRevisionFile } from "./reader.ts";
import { packKeys, type Rows, type ServedTenant, unpackKeys } from "./rows.ts";
import { createWriter } from "./writer.ts";

const KEYS_PER_LINE = 1_000;
const TENANTS_PER_LINE = 500;

/** What one catch-up with the database brought. */
export type News = Pick<Changes, "tenants" | "issuers"> & {
  keys: readonly KeyBlock[];
  /** Revisions that are served from now on, by their SHA-256. */
  texts: ReadonlyMap<string, string>;
  /** Something that was known is not there any more, or more has changed than is told here. */
  gone: boolean;
};

type Options = {
  /** The folder for all databases; null keeps nothing. */
  directory: string | null;
  databaseUrl: string;
  snapshot: Snapshot;
  issuers: Issuers;
  db: Queryable;
  logger: GatewayLogger;
};

export type LastGood = {
  /** Puts what was served last into force; false when nothing is kept or nothing of it can be used. */
  restore(): Promise<boolean>;
  /** Keeps what a catch-up brought; the first one has everything. */
  keep(news: News): void;
  /** Whether the disk refuses to take what is served. */
  failing(): boolean;
  stop(): Promise<void>;
};

const served = ({ id, slug, changedXid, revision, number, content }: TenantState): ServedTenant => ({
  id,
  slug,
  changedXid: String(changedXid),
  deleted: false,
  number: revision ? number : -1,
  content: revision ? content : null,
});

function* pages<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let page: T[] = [];
  for (const each of all) {
    if (page.push(each) < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** What the gateway serves, kept in files, so that it can start and serve with the database away. */
export function createLastGood({ directory, databaseUrl, snapshot, issuers, db, logger }: Options): LastGood {
  if (directory === null) {
    return { restore: async () => false, keep: () => {}, failing: () => false, stop: async () => {} };
  }
  const folder = folderOf(directory, databaseUrl);

  function* everything(): Generator<Rows> {
    for (const page of pages(snapshot.tenants(), TENANTS_PER_LINE)) yield { tenants: page.map(served) };
    for (const page of pages(issuers.rows(), TENANTS_PER_LINE)) yield { issuers: page };
    for (const block of snapshot.keyBlocks(KEYS_PER_LINE)) yield { keys: packKeys(block) };
  }

  async function* fetchTexts(contents: ReadonlySet<string>): AsyncGenerator<[string, string]> {
    const wanted = snapshot.tenants().filter(({ content }) => content !== null && contents.has(content));
    for (const page of pages(wanted, 4)) {
      const found = await readRevisions(
        db,
        page.map(({ id, number }) => ({ tenantId: id, number })),
      );
      for (const { tenantId, number, content: text } of found) {
        const state = page.find(({ id }) => id === tenantId);
        if (state?.number === number && state.content) yield [state.content, text];
      }
    }
  }

  const writer = createWriter({
    directory,
    folder,
    everything,
    revisions: () => new Set(snapshot.tenants().flatMap(({ content }) => (content ? [content] : []))),
    fetchTexts,
    logger,
  });
  let begun = false;

  return {
    async restore() {
      const began = performance.now();
      const tenants = new Map<string, ServedTenant>();
      const found = await readLastGood(folder, logger, async (rows) => {
        for (const tenant of rows.tenants ?? []) {
          const known = tenants.get(tenant.id);
          if (!known || BigInt(known.changedXid) <= BigInt(tenant.changedXid)) tenants.set(tenant.id, tenant);
        }
        if (rows.keys) await snapshot.applyKeys(unpackKeys(rows.keys));
        for (const issuer of rows.issuers ?? []) issuers.apply(issuer);
      });
      if (!found || begun) return false;
      let restored = 0;
      for (const { number, content, ...row } of tenants.values()) {
        if (row.deleted) continue;
        snapshot.applyTenant({ ...row, liveRevision: number === 0 ? null : number });
        if (number > 0 && content) {
          const text = await readRevisionFile(folder, content, logger);
          const state = text === null ? null : await snapshot.applyRevision(row.id, number, text);
          if (state?.error) logger.error({ tenant: row.slug, reason: state.error }, "revision refused");
        }
        const state = snapshot.tenantById(row.id);
        if (state) state.unconfirmed = true;
        restored++;
      }
      logger.warn(
        {
          tenants: restored,
          keys: snapshot.keyCount(),
          issuers: issuers.rows().length,
          durationMs: Math.round(performance.now() - began),
        },
        "database away, serving from last-known-good files",
      );
      return restored > 0;
    },

    keep({ tenants, keys, issuers: changed, texts, gone }) {
      if (!begun) {
        begun = true;
        writer.note({}, texts);
        writer.begin();
        return;
      }
      if (gone) writer.renew();
      for (const block of keys) writer.note({ keys: packKeys(block) }, new Map());
      if (tenants.length === 0 && changed.length === 0) return;
      const rows: Rows = {
        tenants: tenants.map((row) => {
          const state = snapshot.tenantById(row.id);
          const { id, slug, changedXid } = row;
          if (!state || row.deleted) return { id, slug, changedXid, deleted: true, number: 0, content: null };
          return served(state);
        }),
        issuers: changed,
      };
      writer.note(rows, texts);
    },

    failing: writer.failing,
    stop: writer.stop,
  };
}
