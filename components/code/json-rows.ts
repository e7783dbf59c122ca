export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/** One line of a JSON document as it is shown. */
export type JsonRow = {
  /** Where the value is, as a JSON pointer; a closing bracket has its opening one's with `]` behind it. */
  pointer: string;
  depth: number;
  name: string | null;
  /** What is written: a literal, or brackets. */
  text: string;
  kind: "string" | "number" | "word" | "open" | "close" | "folded";
  /** How many entries a folded or an open value has. */
  size?: number;
  comma: boolean;
};

const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** The lines of `value`, without what lies inside the folded pointers. Takes no more than `limit` lines. */
export function jsonRows(value: JsonValue, folded: ReadonlySet<string>, limit = 5_000): JsonRow[] {
  const rows: JsonRow[] = [];
  const walk = (
    node: JsonValue,
    pointer: string,
    depth: number,
    name: string | null,
    comma: boolean,
  ): void => {
    if (rows.length >= limit) return;
    const base = { pointer, depth, name, comma };
    if (node === null || typeof node !== "object") {
      const kind = typeof node === "string" ? "string" : typeof node === "number" ? "number" : "word";
      rows.push({ ...base, text: JSON.stringify(node), kind });
      return;
    }
    const array = Array.isArray(node);
    const entries: [string, JsonValue][] = array
      ? node.map((item, index) => [String(index), item])
      : Object.entries(node);
    const [open, close] = array ? ["[", "]"] : ["{", "}"];
    if (entries.length === 0 || folded.has(pointer)) {
      const text = entries.length ? `${open}…${close}` : open + close;
      rows.push({ ...base, text, kind: entries.length ? "folded" : "word", size: entries.length });
      return;
    }
    rows.push({ ...base, text: open, kind: "open", size: entries.length, comma: false });
    for (const [index, [key, child]] of entries.entries()) {
      walk(child, `${pointer}/${escaped(key)}`, depth + 1, array ? null : key, index < entries.length - 1);
    }
    rows.push({ ...base, pointer: `${pointer}]`, name: null, text: close, kind: "close" });
  };
  walk(value, "", 0, null, false);
  return rows;
}

/** More lines than this are too many to begin with. */
const LINES_AT_FIRST = 400;

/** How many lines `value` takes, counted no further than `limit`. */
function linesOf(value: JsonValue, limit: number): number {
  if (value === null || typeof value !== "object") return 1;
  const members = Object.values(value);
  let lines = members.length === 0 ? 1 : 2;
  for (const member of members) {
    if (lines >= limit) return lines;
    lines += linesOf(member, limit - lines);
  }
  return lines;
}

/**
 * What is folded when a document is opened: nothing of a short one; of a long one whatever is long itself, level by
 * level, so that its outline is seen.
 */
export function foldedAtFirst(value: JsonValue): Set<string> {
  const folded = new Set<string>();
  const walk = (node: JsonValue, pointer: string, room: number): void => {
    if (node === null || typeof node !== "object" || linesOf(node, room + 1) <= room) return;
    const entries = Object.entries(node);
    const each = Math.max(1, Math.floor(room / Math.max(1, entries.length)));
    for (const [name, member] of entries) {
      if (member === null || typeof member !== "object") continue;
      const at = `${pointer}/${escaped(name)}`;
      if (linesOf(member, each + 1) <= each) continue;
      if (each > 20) walk(member, at, each);
      else folded.add(at);
    }
  };
  walk(value, "", LINES_AT_FIRST);
  return folded;
}

/** The pointers of everything that `pointer` lies in, itself not among them. */
export function around(pointer: string): string[] {
  const places: string[] = [];
  for (let at = pointer.lastIndexOf("/"); at >= 0; at = pointer.lastIndexOf("/", at - 1)) {
    places.push(pointer.slice(0, at));
    if (at === 0) break;
  }
  return places;
}

/**
 * Every value of which the name or the literal contains `text`, ignoring case: its pointer. Looks through all of the
 * document, and gives no more than `most`.
 */
export function findInJson(value: JsonValue, text: string, most = 2_000): string[] {
  const wanted = text.toLowerCase();
  const found: string[] = [];
  if (!wanted) return found;
  const walk = (node: JsonValue, pointer: string, name: string | null): void => {
    if (found.length >= most) return;
    const open = node !== null && typeof node === "object";
    const entries = open ? Object.entries(node) : [];
    const literal = entries.length > 0 ? "" : JSON.stringify(node).toLowerCase();
    const bare = open && entries.length === 0;
    if (name?.toLowerCase().includes(wanted) || (!bare && literal.includes(wanted))) found.push(pointer);
    const array = Array.isArray(node);
    for (const [key, child] of entries) walk(child, `${pointer}/${escaped(key)}`, array ? null : key);
  };
  walk(value, "", null);
  return found;
}
