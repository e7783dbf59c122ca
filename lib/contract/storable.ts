/** Where a document cannot be stored as it is, and why. */
export type UnstorablePart = { path: PropertyKey[]; message: string };

/** Characters of a document's JSON text. A larger schema is data and takes the gateway too long to read. */
export const MAX_SCHEMA_CHARACTERS = 262_144;
/** Levels. Deeper than any schema that a person writes, and far from where a stack ends. */
const MAX_DEPTH = 100;

/** Whether PostgreSQL stores the text and gives back the same: neither NUL nor a half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes("\u0000") && text.isWellFormed();

export const UNSTORABLE = "has a character that cannot be stored (NUL, or half of a surrogate pair)";

/** Copies drop this name without a word. */
const DROPPED_NAME = "__proto__";

function textLength(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return 0; // too deep for that; the walk will say so
  }
}

/** The first part of a JSON value that cannot be kept exactly as it is; null when all can. Never throws. */
export function findUnstorable(value: unknown): UnstorablePart | null {
  if (textLength(value) > MAX_SCHEMA_CHARACTERS) {
    return { path: [], message: `is larger than ${MAX_SCHEMA_CHARACTERS / 1_024} KiB` };
  }
  let level: { path: PropertyKey[]; value: unknown }[] = [{ path: [], value }];
  for (let depth = 0; level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { path, value: each } of level) {
      if (typeof each === "string" && !isStorable(each)) return { path, message: UNSTORABLE };
      if (typeof each === "number" && !Number.isFinite(each)) {
        return { path, message: "is larger than any number that JSON can hold" };
      }
      if (each === null || typeof each !== "object") continue;
      if (depth >= MAX_DEPTH) return { path: [], message: `is nested deeper than ${MAX_DEPTH} levels` };
      for (const [name, member] of Object.entries(each)) {
        if (name === DROPPED_NAME) return { path, message: `has a member named ${DROPPED_NAME}` };
        if (!isStorable(name)) return { path, message: "has a member whose name cannot be stored" };
        next.push({ path: [...path, Array.isArray(each) ? Number(name) : name], value: member });
      }
    }
    level = next;
  }
  return null;
}
