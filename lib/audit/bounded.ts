/** The longest `before` or `after` that an entry keeps whole, in bytes of UTF-8 as JSON text. */
export const LONGEST_BYTES = 32 * 1024;

const LONGEST_STRING = 1_000;
const MOST_MEMBERS = 100;
const DEEPEST = 12;

type Json = string | number | boolean | null | { [name: string]: Json } | Json[];

const counted = (more: number, what: string) => `… cut: ${more} more ${what}${more === 1 ? "" : "s"}`;

function shortened(value: Json, depth: number): Json {
  if (typeof value === "string") {
    if (value.length <= LONGEST_STRING) return value;
    return `${value.slice(0, LONGEST_STRING)}${counted(value.length - LONGEST_STRING, "character")}`;
  }
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return "… cut: too deep";
  if (Array.isArray(value)) {
    const kept = value.slice(0, MOST_MEMBERS).map((each) => shortened(each, depth + 1));
    return value.length > MOST_MEMBERS ? [...kept, counted(value.length - MOST_MEMBERS, "item")] : kept;
  }
  const members = Object.entries(value);
  const kept = members.slice(0, MOST_MEMBERS).map(([name, each]) => [name, shortened(each, depth + 1)]);
  if (members.length > MOST_MEMBERS) kept.push(["…", counted(members.length - MOST_MEMBERS, "field")]);
  return Object.fromEntries(kept);
}

const bytesOf = (value: Json) => Buffer.byteLength(JSON.stringify(value));

/**
 * The value as an audit entry keeps it: whole while it is short, else with its long texts and lists cut, and saying so
 * where that was done. What is still too long then is told by its beginning.
 */
export function bounded(value: unknown): Json {
  const plain = JSON.parse(JSON.stringify(value)) as Json;
  const bytes = bytesOf(plain);
  if (bytes <= LONGEST_BYTES) return plain;
  const short = shortened(plain, 0);
  if (bytesOf(short) <= LONGEST_BYTES) return short;
  return { cut: `Too long to keep: ${bytes} bytes`, beginning: JSON.stringify(plain).slice(0, 4_096) };
}
