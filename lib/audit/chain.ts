import { createHash } from "node:crypto";

/** Whose chain: one per tenant, and one per person for personal entries. */
export type ChainKind = "tenant" | "person";

/** One link with its entry as it is stored; the entry's own fields are null when it is not there. */
export type LinkedEntry = {
  seq: number;
  hash: Buffer;
  entryId: string;
  /** Whose chain the entry says that it belongs to. */
  chain: string | null;
  id: string | null;
  at: Date | null;
  actorType: string | null;
  actorId: string | null;
  actorLabel: string | null;
  action: string | null;
  targetType: string | null;
  targetId: string | null;
  /** The text as stored, byte for byte. */
  before: string | null;
  after: string | null;
  reason: string | null;
  requestId: string | null;
  ip: string | null;
  supportSessionId: string | null;
  actorTokenId: string | null;
};

/** Where a chain ends: the last number and the last hash. */
export type ChainEnd = { seq: number; hash: Buffer };

export const CHAIN_START: ChainEnd = { seq: 0, hash: Buffer.alloc(32) };

/** What is wrong at a place of a chain, in words after "entry N". */
export type Flaw = { seq: number; entryId: string | null; what: string };

const NO_VALUE = Buffer.from("ffffffff", "hex");

/** The fields that are hashed, in this order; see docs/decisions/059-audit-chain.md. */
const fieldsOf = (kind: ChainKind, seq: number, e: LinkedEntry): (string | null)[] => [
  "gatehouse-audit-1",
  kind,
  e.chain,
  String(seq),
  e.id,
  e.at?.toISOString() ?? null,
  e.actorType,
  e.actorId,
  e.actorLabel,
  e.action,
  e.targetType,
  e.targetId,
  e.before,
  e.after,
  e.reason,
  e.requestId,
  e.ip,
  e.supportSessionId,
  // Entries from before tokens were written down have no such field at all.
  ...(e.actorTokenId === null ? [] : [e.actorTokenId]),
];

/** The hash that the entry must have at this place: SHA-256 of the one before and every field with its length. */
export function linkHash(kind: ChainKind, previous: Buffer, seq: number, entry: LinkedEntry): Buffer {
  const hash = createHash("sha256").update(previous);
  for (const field of fieldsOf(kind, seq, entry)) {
    if (field === null) {
      hash.update(NO_VALUE);
      continue;
    }
    const bytes = Buffer.from(field, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

/**
 * Recomputes links that follow `from`, in order. Gives where they end and the first that is wrong: not there, put in
 * another's place, or not what was written.
 */
export function checkLinks(
  kind: ChainKind,
  from: ChainEnd,
  links: readonly LinkedEntry[],
): { end: ChainEnd; flaw: Flaw | null } {
  let end = from;
  for (const link of links) {
    const seq = end.seq + 1;
    if (link.seq !== seq || link.id === null) {
      const entryId = link.seq === seq ? link.entryId : null;
      return { end, flaw: { seq, entryId, what: "is missing" } };
    }
    if (!linkHash(kind, end.hash, seq, link).equals(link.hash)) {
      const previous = end.hash;
      const moved = links.some(
        (other) =>
          other !== link && other.id !== null && linkHash(kind, previous, seq, other).equals(link.hash),
      );
      const what = moved ? "is not in its place: entries were reordered" : "is not what was written";
      return { end, flaw: { seq, entryId: link.entryId, what } };
    }
    end = { seq, hash: link.hash };
  }
  return { end, flaw: null };
}
