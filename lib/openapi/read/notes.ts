/** Something of a document that does not become part of a route, or becomes something else: what, where and why. */
export type Note = { what: string; pointer: string; message: string };

/** The most notes that one answer lists; the counts stay exact beyond it. */
const MAX_LISTED = 5_000;

/** Collects notes; the same thing at the same place is listed once. */
export class Notes {
  readonly listed: Note[] = [];
  readonly counts = new Map<string, number>();
  readonly #seen = new Set<string>();

  add(what: string, pointer: string, message: string): void {
    const id = `${what}\n${pointer}`;
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    if (this.listed.length < MAX_LISTED) this.listed.push({ what, pointer, message });
  }
}

/** Thrown where an operation cannot become a route; it says what is in the way. The others are not affected. */
export class Unusable extends Error {
  readonly pointer: string;
  constructor(pointer: string, message: string) {
    super(message);
    this.pointer = pointer;
  }
}
