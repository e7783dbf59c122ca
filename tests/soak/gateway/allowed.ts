import type { SoakKey } from "./installation.ts";

/** Keys that were revoked long ago and are still tried. */
const MAX_ENDED = 20;

/** When something began to be true for some gateway, and since when it has been true for all; monotonic milliseconds. */
type Change = { begun: number; everywhere: number | null };

/** What the gateways may answer at which time, as far as it is certain. */
export function createAllowed() {
  const keys: { key: SoakKey; revoked: Change | null }[] = [];
  const revisions = new Map<number, Change>();

  /** Whether a change was in force for a whole request, for none of it, or somewhere in between. */
  const during = (change: Change | null | undefined, sent: number, received: number): boolean | null => {
    if (!change || received < change.begun) return false;
    return change.everywhere !== null && change.everywhere < sent ? true : null;
  };

  return {
    /** A key that every gateway knows. */
    addKey: (key: SoakKey) => void keys.push({ key, revoked: null }),
    keyCount: () => keys.filter(({ revoked }) => revoked === null).length,
    pickKey: (random: number) => keys[Math.floor(random * keys.length)],
    oldestActive: () => keys.find(({ revoked }) => revoked === null),
    beginRevoke: (entry: (typeof keys)[number]) => {
      entry.revoked = { begun: performance.now(), everywhere: null };
    },
    endRevoke: (entry: (typeof keys)[number]) => {
      if (entry.revoked) entry.revoked.everywhere = performance.now();
      const ended = keys.filter(({ revoked }) => revoked?.everywhere);
      if (ended.length > MAX_ENDED) keys.splice(keys.indexOf(ended[0] as (typeof keys)[number]), 1);
    },
    beginRevision: (number: number) =>
      void revisions.set(number, { begun: performance.now(), everywhere: null }),
    endRevision(number: number): void {
      const change = revisions.get(number);
      if (change) change.everywhere = performance.now();
    },

    /** `null`: both are right at that time. */
    keyWorks(entry: (typeof keys)[number], sent: number, received: number): boolean | null {
      const revoked = during(entry.revoked, sent, received);
      return revoked === null ? null : !revoked;
    },
    /** The path of a revision exists from its own publish to the next one. */
    pathExists(number: number, sent: number, received: number): boolean | null {
      const own = during(revisions.get(number), sent, received);
      const next = during(revisions.get(number + 1), sent, received);
      if (own === false || next === true) return false;
      return own === true && next === false ? true : null;
    },
  };
}
export type Allowed = ReturnType<typeof createAllowed>;
export type KeyEntry = NonNullable<ReturnType<Allowed["oldestActive"]>>;
