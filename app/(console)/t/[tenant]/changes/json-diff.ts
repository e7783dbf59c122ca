/** One line of two documents laid over each other. */
export type DiffLine = { kind: "same" | "removed" | "added"; text: string };

/** Beyond this the middle is shown as taken out and put in whole: finding the best match would take too long. */
const MAX_CELLS = 1_000_000;

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

const linesOf = (value: unknown): string[] =>
  value === null || value === undefined ? [] : JSON.stringify(sorted(value), null, 2).split("\n");

/** The longest lines that both have in the same order, by the table of all ways; the rest is removed or added. */
function align(before: readonly string[], after: readonly string[]): DiffLine[] {
  const width = after.length + 1;
  const longest = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: "same", text: before[i] as string });
      i++;
      j++;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", text: before[i++] as string });
    } else {
      lines.push({ kind: "added", text: after[j++] as string });
    }
  }
  return lines;
}

/** Two JSON documents line by line, members in order of name; null is a document that is not there. */
export function diffJson(before: unknown, after: unknown): DiffLine[] {
  const [was, is] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < was.length && start < is.length && was[start] === is[start]) start++;
  let end = 0;
  while (end < was.length - start && end < is.length - start && was.at(-1 - end) === is.at(-1 - end)) end++;
  const [oldMiddle, newMiddle] = [was.slice(start, was.length - end), is.slice(start, is.length - end)];
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ kind: "same", text }));
  const middle =
    oldMiddle.length * newMiddle.length > MAX_CELLS
      ? [
          ...oldMiddle.map((text): DiffLine => ({ kind: "removed", text })),
          ...newMiddle.map((text): DiffLine => ({ kind: "added", text })),
        ]
      : align(oldMiddle, newMiddle);
  return [...same(was.slice(0, start)), ...middle, ...same(was.slice(was.length - end))];
}
