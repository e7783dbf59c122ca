import type { Revision } from "./schema.ts";

export type RevisionRow = {
  number: number;
  hash: string;
  routeCount: number;
  note: string;
  rolledBackFrom: number | null;
  publishedAt: Date;
  publishedByLabel: string;
};

/** A revision without its content. */
export function toRevision(row: RevisionRow, liveRevision: number | null): Revision {
  return {
    number: row.number,
    hash: row.hash,
    routeCount: row.routeCount,
    note: row.note,
    rolledBackFrom: row.rolledBackFrom,
    publishedAt: row.publishedAt.toISOString(),
    publishedBy: row.publishedByLabel,
    live: row.number === liveRevision,
  };
}
