import type { ErrorDetail } from "./errors.ts";
import { evaluate, OutOfSteps, TooManyErrors, type Work } from "./schema-evaluation.ts";
import { FORMATS } from "./schema-formats.ts";
import { readSchema, type SchemaNode, type SchemaProblem } from "./schema-structure.ts";

/** What is wrong with a value, at most MAX_ERRORS entries; empty when nothing is. Paths are JSON pointers. */
export type SchemaCheck = (value: unknown) => ErrorDetail[];
export type CompiledSchema =
  | { ok: true; check: SchemaCheck; node: SchemaNode }
  | ({ ok: false } & SchemaProblem);

export const MAX_ERRORS = 20;
/** Deeper values are refused: a schema that refers to itself goes down with them. */
const MAX_VALUE_DEPTH = 100;
/** A value with more members and items than this is not checked but refused. */
const MAX_VALUES = 250_000;
/** The work of one check, in applications of a subschema to a value: some 0.2 s, and every request waits for it. */
const MAX_STEPS = 1_000_000;
/** For finding words for what is wrong, once it is known that something is. */
const MAX_STEPS_FOR_WORDS = 100_000;
const MAX_PATH = 500;

const TOO_MUCH: ErrorDetail = { path: "", message: "takes too long to check against the schema" };

/** What keeps a value from being checked at all. */
function tooLarge(value: unknown): ErrorDetail | null {
  let level: unknown[] = [value];
  let total = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_VALUE_DEPTH) {
      return { path: "", message: `is nested deeper than ${MAX_VALUE_DEPTH} levels` };
    }
    const next: unknown[] = [];
    for (const each of level) {
      if (each === null || typeof each !== "object") continue;
      const members = Array.isArray(each) ? each : Object.values(each);
      total += members.length;
      if (total > MAX_VALUES) return { path: "", message: `holds more than ${MAX_VALUES} values` };
      for (const member of members) if (member !== null && typeof member === "object") next.push(member);
    }
    level = next;
  }
  return null;
}

function checkValue(node: SchemaNode, value: unknown): ErrorDetail[] {
  const problem = tooLarge(value);
  if (problem) return [problem];
  const work: Work = { steps: MAX_STEPS, errors: null, most: MAX_ERRORS };
  try {
    if (evaluate(node, value, null, work, null)) return [];
    work.errors = [];
    work.steps = MAX_STEPS_FOR_WORDS;
    evaluate(node, value, null, work, null);
  } catch (error) {
    // A very long chain of references meets the end of the stack before that of its steps.
    const tooMuch = error instanceof OutOfSteps || error instanceof RangeError;
    if (!tooMuch && !(error instanceof TooManyErrors)) throw error;
    if (work.errors === null) return [TOO_MUCH];
    if (work.errors.length === 0) return [{ path: "", message: "does not match the schema" }];
  }
  const once = new Map(
    (work.errors ?? []).map(({ path, message }) => {
      const detail = { path: path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path, message };
      return [`${detail.path} ${message}`, detail];
    }),
  );
  return [...once.values()].slice(0, MAX_ERRORS);
}

/**
 * Reads a tenant's JSON Schema (2020-12). A check takes bounded time whatever the schema and the value are: its
 * steps are counted, patterns take linear time, and what exceeds the bounds is an error at the value's root. Never
 * throws, whatever `schema` is. No code is generated.
 */
export function compileSchema(schema: unknown): CompiledSchema {
  const read = readSchema(schema, (name) => FORMATS.has(name));
  if (!read.ok) return read;
  const { node } = read;
  return { ok: true, node, check: (value) => checkValue(node, value) };
}

/** Why a schema cannot be used; null when it can. */
export function schemaProblem(schema: unknown): SchemaProblem | null {
  const read = readSchema(schema, (name) => FORMATS.has(name));
  return read.ok ? null : { path: read.path, message: read.message, hangs: read.hangs };
}
