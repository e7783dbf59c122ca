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

/** Every value of which the name or the literal contains `text`, ignoring case: its pointer. */
export function findInJson(value: JsonValue, text: string): string[] {
  const wanted = text.toLowerCase();
  if (!wanted) return [];
  return jsonRows(value, new Set())
    .filter((row) => row.kind !== "close")
    .filter(
      (row) =>
        row.name?.toLowerCase().includes(wanted) ||
        (row.kind !== "open" && row.text.toLowerCase().includes(wanted)),
    )
    .map((row) => row.pointer);
}
