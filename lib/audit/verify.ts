import {
  CHAIN_START,
  type ChainEnd,
  type ChainKind,
  checkLinks,
  type Flaw,
  type LinkedEntry,
} from "./chain.ts";

/** How a chain is read, a part at a time. */
export type ChainReader = {
  /** Links after a number, in order. */
  links(after: number, most: number): Promise<LinkedEntry[]>;
  /** In one look: where the chain says it ends, the last link there is, and an entry that no link names. */
  ending(): Promise<{ end: ChainEnd | null; lastSeq: number | null; unlinked: string | null }>;
};

export type Verdict = { end: ChainEnd; flaw: Flaw | null };

const BATCH = 1_000;

/**
 * Walks a whole chain, also while entries are added to it, with no more of it in memory than a batch. `anchor` is an
 * end of it that was written down outside the database: the chain must have passed through it.
 */
export async function verifyChain(
  kind: ChainKind,
  reader: ChainReader,
  anchor: ChainEnd | null = null,
): Promise<Verdict> {
  let end = CHAIN_START;
  for (;;) {
    const links = await reader.links(end.seq, BATCH);
    const from = end.seq;
    const checked = checkLinks(kind, end, links);
    end = checked.end;
    if (checked.flaw) return { end, flaw: checked.flaw };
    const anchored = anchor && anchor.seq > from ? links[anchor.seq - from - 1] : undefined;
    if (anchor && anchored && !anchored.hash.equals(anchor.hash)) {
      const what = "and what is before it were rewritten: the anchor has another hash for it";
      return { end, flaw: { seq: anchor.seq, entryId: anchored.entryId, what } };
    }
    if (links.length === BATCH) continue;
    const said = await reader.ending();
    // Entries that were added since the last batch was read.
    if (said.lastSeq !== null && said.lastSeq > end.seq) {
      if (said.end === null || said.end.seq >= said.lastSeq) continue;
    }
    return { end, flaw: flawAtEnd(end, said, anchor) };
  }
}

function flawAtEnd(
  end: ChainEnd,
  said: Awaited<ReturnType<ChainReader["ending"]>>,
  anchor: ChainEnd | null,
): Flaw | null {
  const at = (seq: number, what: string, entryId: string | null = null): Flaw => ({ seq, entryId, what });
  if (said.end === null && end.seq > 0)
    return at(end.seq, "is the last, but where the chain ends is not written down");
  const told = said.end ?? CHAIN_START;
  if (told.seq > end.seq) return at(end.seq + 1, `is missing, and all after it up to ${told.seq}`);
  if (told.seq < end.seq || (said.lastSeq ?? 0) > told.seq) {
    return at(told.seq + 1, "was put in after the end of the chain");
  }
  if (!told.hash.equals(end.hash))
    return at(end.seq, "is the last, and the end of the chain has another hash");
  if (said.unlinked)
    return at(end.seq, "is the last, and there is an entry that no link names", said.unlinked);
  if (anchor && anchor.seq > end.seq) {
    return at(end.seq + 1, `is missing, and all after it up to ${anchor.seq}, which the anchor names`);
  }
  return null;
}
