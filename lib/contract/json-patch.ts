import type { ErrorDetail } from "./errors.ts";

/**
 * How a payload is changed: as a patch on what is stored, so that whoever may not see a value can neither send it
 * back nor lose it. Pure: the browser makes the patch, the server applies it.
 */
export type PatchOperation =
  | { op: "add" | "replace"; path: string; value: unknown }
  | { op: "remove"; path: string };

/** What a patch changed, place by place; `before` or `after` is left out where there was or is nothing. */
export type PatchChange = { path: string; before?: unknown; after?: unknown };
export type Patched =
  | { ok: true; value: unknown; changes: PatchChange[] }
  | { ok: false; details: ErrorDetail[] };

const MAX_OPERATIONS = 1_000;
const MAX_DEPTH = 100;
const MAX_INDEX = /^(0|[1-9]\d{0,8})$/;
/** Names with which an object's own making could be reached. */
const FORBIDDEN = new Set(["__proto__"]);

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => value !== null && typeof value === "object";

/** Text that is itself a JSON object or array, as a request's body is, is looked into; undefined for any other. */
export function unfold(value: unknown): Container | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isContainer(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
const unescapePointer = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

/** Whether a value is nested deeper than anybody writes by hand. */
function tooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((each) => (isContainer(each) ? Object.values(each) : []));
  }
  return false;
}

const set = (target: Record<string, unknown>, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
};

class Misfit extends Error {}

/** One operation on a value that is copied along the way; gives the new value and what was at the place before. */
function applyOne(
  node: unknown,
  parts: readonly string[],
  operation: PatchOperation,
): { value: unknown; before: unknown; had: boolean } {
  const [name, ...rest] = parts;
  if (name === undefined) {
    if (operation.op === "remove") throw new Misfit("the whole payload cannot be removed");
    return { value: operation.value, before: node, had: true };
  }
  const text = unfold(node);
  if (text) {
    const inner = applyOne(text, parts, operation);
    return { ...inner, value: JSON.stringify(inner.value) };
  }
  if (!isContainer(node)) throw new Misfit("there is nothing to go into at this place");
  if (FORBIDDEN.has(name)) throw new Misfit(`no member can be called ${name}`);
  if (Array.isArray(node)) return inArray(node, name, rest, operation);
  const had = Object.hasOwn(node, name);
  const copy = Object.assign(Object.create(null), node) as Record<string, unknown>;
  const out = { ...node };
  if (rest.length > 0) {
    if (!had) throw new Misfit("there is no such place");
    const inner = applyOne(copy[name], rest, operation);
    set(out, name, inner.value);
    return { ...inner, value: out };
  }
  if (!had && operation.op !== "add") throw new Misfit("there is no such place");
  if (operation.op === "remove") delete out[name];
  else set(out, name, operation.value);
  return { value: out, before: copy[name], had };
}

function inArray(node: unknown[], name: string, rest: readonly string[], operation: PatchOperation) {
  const adds = rest.length === 0 && operation.op === "add";
  const index = name === "-" && adds ? node.length : MAX_INDEX.test(name) ? Number(name) : Number.NaN;
  if (!(index < node.length + (adds ? 1 : 0))) throw new Misfit("the list has no such place");
  if (rest.length > 0) {
    const inner = applyOne(node[index], rest, operation);
    return { ...inner, value: node.with(index, inner.value) };
  }
  const value = [...node];
  if (operation.op === "add") value.splice(index, 0, operation.value);
  else if (operation.op === "remove") value.splice(index, 1);
  else value[index] = operation.value;
  return { value, before: node[index], had: operation.op !== "add" };
}

/** Whether `mask` stands anywhere in a value, in a member's name or inside a text. */
function holds(value: unknown, mask: string): boolean {
  if (typeof value === "string") return value.includes(mask);
  if (!isContainer(value)) return false;
  return Object.entries(value).some(([name, member]) => name.includes(mask) || holds(member, mask));
}

/** What PostgreSQL could not give back: NUL and halves of a surrogate pair. */
function unstorable(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0") || !value.isWellFormed();
  if (!isContainer(value)) return false;
  return Object.entries(value).some(([name, member]) => unstorable(name) || unstorable(member));
}

/** The operations that a patch is made of: a JSON Patch (RFC 6902) as it is, a JSON Merge Patch (RFC 7396) resolved. */
function operationsOf(patch: unknown, original: unknown): PatchOperation[] | ErrorDetail[] {
  if (!Array.isArray(patch)) {
    if (!isContainer(patch))
      return [{ path: "patch", message: "is neither a list of operations nor an object" }];
    return mergeOperations(original, patch, "");
  }
  const operations: PatchOperation[] = [];
  const wrong: ErrorDetail[] = [];
  for (const [index, each] of patch.entries()) {
    const at = `patch.${index}`;
    const { op, path, value, ...more } = (isContainer(each) ? each : {}) as Record<string, unknown>;
    // copy and move could bring a hidden value to a place where it is shown; test could find one out.
    if (op !== "add" && op !== "replace" && op !== "remove")
      wrong.push({ path: `${at}.op`, message: "must be add, replace or remove" });
    else if (typeof path !== "string" || (path !== "" && !path.startsWith("/")) || path.length > 2_000)
      wrong.push({ path: `${at}.path`, message: "is not a JSON pointer" });
    else if (op !== "remove" && value === undefined)
      wrong.push({ path: `${at}.value`, message: "is required" });
    else if (Object.keys(more).length > 0)
      wrong.push({ path: `${at}.${Object.keys(more)[0]?.slice(0, 100)}`, message: "is not a field" });
    else operations.push(op === "remove" ? { op, path } : { op, path, value });
  }
  return wrong.length > 0 ? wrong.slice(0, 20) : operations;
}

function mergeOperations(original: unknown, patch: Container, path: string): PatchOperation[] {
  const target = unfold(original) ?? original;
  const into: Container = isContainer(target) && !Array.isArray(target) ? target : {};
  const operations: PatchOperation[] = into === target ? [] : [{ op: "replace", path, value: {} }];
  for (const [name, value] of Object.entries(patch)) {
    const at = `${path}/${escapePointer(name)}`;
    const had = Object.hasOwn(into, name);
    if (value === null) {
      if (had) operations.push({ op: "remove", path: at });
    } else if (isContainer(value) && !Array.isArray(value)) {
      if (!had) operations.push({ op: "add", path: at, value: {} });
      operations.push(...mergeOperations(had ? (into as Record<string, unknown>)[name] : {}, value, at));
    } else operations.push({ op: had ? "replace" : "add", path: at, value });
  }
  return operations;
}

/**
 * Applies a patch to a payload. Nothing that holds `mask` is taken, for what is hidden stays as it is; paths lead
 * into text that is JSON itself. Never throws, whatever `patch` is.
 */
export function applyPatch(original: unknown, patch: unknown, mask: string): Patched {
  if (tooDeep(patch))
    return { ok: false, details: [{ path: "patch", message: `is nested deeper than ${MAX_DEPTH} levels` }] };
  const operations = operationsOf(patch, original);
  if (operations.some((each) => "message" in each))
    return { ok: false, details: operations as ErrorDetail[] };
  if (operations.length === 0) return { ok: false, details: [{ path: "patch", message: "changes nothing" }] };
  if (operations.length > MAX_OPERATIONS)
    return { ok: false, details: [{ path: "patch", message: `has more than ${MAX_OPERATIONS} changes` }] };
  let value = original;
  const changes: PatchChange[] = [];
  for (const operation of operations as PatchOperation[]) {
    const where = (message: string): Patched => ({
      ok: false,
      details: [{ path: `patch${operation.path}`, message }],
    });
    const sent = operation.op === "remove" ? "" : operation.value;
    if (holds(sent, mask) || operation.path.includes(mask))
      return where(`holds ${mask}, which stands for a hidden value; leave hidden values as they are`);
    if (unstorable(sent) || unstorable(operation.path))
      return where("holds a character that cannot be stored");
    try {
      const result = applyOne(value, operation.path.split("/").slice(1).map(unescapePointer), operation);
      value = result.value;
      changes.push({
        path: operation.path,
        ...(result.had ? { before: result.before } : {}),
        ...(operation.op === "remove" ? {} : { after: operation.value }),
      });
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return where(error.message);
    }
  }
  if (JSON.stringify(value) === JSON.stringify(original))
    return { ok: false, details: [{ path: "patch", message: "changes nothing" }] };
  return { ok: true, value, changes };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The operations that lead from one value to another; what is equal, hidden values among it, is in none of them. */
export function diff(from: unknown, to: unknown, path = ""): PatchOperation[] {
  if (same(from, to)) return [];
  const a = unfold(from) ?? from;
  const b = unfold(to) ?? to;
  if (same(a, b)) return [];
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b))
    return [{ op: "replace", path, value: to }];
  if (Array.isArray(a) && Array.isArray(b)) return diffLists(a, b, path);
  const operations: PatchOperation[] = [];
  const was = a as Record<string, unknown>;
  const is = b as Record<string, unknown>;
  for (const name of Object.keys(was))
    if (!Object.hasOwn(is, name)) operations.push({ op: "remove", path: `${path}/${escapePointer(name)}` });
  for (const [name, value] of Object.entries(is)) {
    const at = `${path}/${escapePointer(name)}`;
    if (Object.hasOwn(was, name)) operations.push(...diff(was[name], value, at));
    else operations.push({ op: "add", path: at, value });
  }
  return operations;
}

/** Equal beginnings and ends stay untouched, so that an item taken out or put in is one operation. */
function diffLists(a: readonly unknown[], b: readonly unknown[], path: string): PatchOperation[] {
  let start = 0;
  while (start < a.length && start < b.length && same(a[start], b[start])) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && same(a.at(-1 - end), b.at(-1 - end))) end++;
  const operations: PatchOperation[] = [];
  const [lastA, lastB] = [a.length - end, b.length - end];
  for (let at = start; at < Math.min(lastA, lastB); at++)
    operations.push(...diff(a[at], b[at], `${path}/${at}`));
  for (let at = lastA - 1; at >= lastB; at--) operations.push({ op: "remove", path: `${path}/${at}` });
  for (let at = lastA; at < lastB; at++) operations.push({ op: "add", path: `${path}/${at}`, value: b[at] });
  return operations;
}
