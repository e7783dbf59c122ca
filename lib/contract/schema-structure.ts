import { RE2JS } from "re2js";

/** Where a schema cannot be used, as a JSON pointer into it, and why; `hangs`: because a check might never end. */
export type SchemaProblem = { path: string; message: string; hangs: boolean };

type Json = Record<string, unknown>;

/** A schema that has been checked: what decides something, with patterns compiled and references resolved. */
export type SchemaNode = boolean | SchemaRules;
export type SchemaRules = {
  ref?: SchemaNode;
  types?: readonly string[];
  enum?: readonly unknown[];
  const?: { value: unknown };
  allOf?: readonly SchemaNode[];
  anyOf?: readonly SchemaNode[];
  oneOf?: readonly SchemaNode[];
  not?: SchemaNode;
  if?: SchemaNode;
  then?: SchemaNode;
  else?: SchemaNode;
  properties?: ReadonlyMap<string, SchemaNode>;
  patternProperties?: readonly (readonly [LinearPattern, SchemaNode])[];
  additionalProperties?: SchemaNode;
  propertyNames?: SchemaNode;
  unevaluatedProperties?: SchemaNode;
  dependentSchemas?: ReadonlyMap<string, SchemaNode>;
  dependentRequired?: ReadonlyMap<string, readonly string[]>;
  required?: readonly string[];
  prefixItems?: readonly SchemaNode[];
  items?: SchemaNode;
  contains?: SchemaNode;
  unevaluatedItems?: SchemaNode;
  uniqueItems?: boolean;
  pattern?: LinearPattern;
  format?: string;
} & { [Name in Count]?: number };
type Count =
  | "minItems"
  | "maxItems"
  | "minContains"
  | "maxContains"
  | "minLength"
  | "maxLength"
  | "minProperties"
  | "maxProperties"
  | "minimum"
  | "maximum"
  | "exclusiveMinimum"
  | "exclusiveMaximum"
  | "multipleOf";

/** A regular expression that takes time linear in the text; `size` is that of its program. */
export type LinearPattern = { source: string; size: number; test: (text: string) => boolean };

/** Bounds that keep reading a schema within some milliseconds; larger documents are data and not a schema. */
export const MAX_SCHEMA_BYTES = 262_144;
const MAX_SUBSCHEMAS = 5_000;
const MAX_DEPTH = 32;
const MAX_ENUM = 5_000;
const MAX_PATTERNS = 200;
const MAX_PATTERN_LENGTH = 1_000;
/** Of a pattern's program in re2's own measure: `[a-z]{1000}` has about a thousand. */
const MAX_PATTERN_SIZE = 2_000;

const DIALECT = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const TYPES = new Set(["null", "boolean", "object", "array", "number", "string", "integer"]);
const ANCHOR = /^[A-Za-z_][A-Za-z0-9._-]{0,127}$/;

/** What may stand behind a keyword; `schema…` are places of further schemas. */
type Kind =
  | "schema"
  | "schemas"
  | "schemaMap"
  | "count"
  | "number"
  | "boolean"
  | "names"
  | "nameMap"
  | "types"
  | "enum"
  | "any"
  | "pattern"
  | "format"
  | "ref"
  | "anchor"
  | "dialect"
  | "note";

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...spread("schema", "additionalProperties contains else if items not propertyNames then"),
  ...spread("schema", "unevaluatedItems unevaluatedProperties"),
  ...spread("schemas", "allOf anyOf oneOf prefixItems"),
  ...spread("schemaMap", "$defs dependentSchemas patternProperties properties"),
  ...spread(
    "count",
    "maxContains maxItems maxLength maxProperties minContains minItems minLength minProperties",
  ),
  ...spread("number", "exclusiveMaximum exclusiveMinimum maximum minimum multipleOf"),
  ...spread("boolean", "uniqueItems"),
  ...spread("names", "required"),
  ...spread("nameMap", "dependentRequired"),
  ...spread("types", "type"),
  ...spread("enum", "enum"),
  ...spread("any", "const"),
  ...spread("pattern", "pattern"),
  ...spread("format", "format"),
  ...spread("ref", "$ref"),
  ...spread("anchor", "$anchor"),
  ...spread("dialect", "$schema"),
  ...spread("note", "$comment contentEncoding contentMediaType contentSchema default deprecated description"),
  ...spread("note", "discriminator example examples externalDocs readOnly title writeOnly xml"),
]);

function spread(kind: Kind, names: string): [string, Kind][] {
  return names.split(" ").map((name) => [name, kind]);
}

/** Keywords that people bring along from elsewhere, and what to write instead. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["definitions", "write $defs"],
  ["dependencies", "write dependentRequired or dependentSchemas"],
  ["additionalItems", "write items, with prefixItems before it"],
  ["nullable", 'write "type": ["string", "null"]'],
  ["id", "leave it out, and refer with #/$defs/…"],
  ["$id", "leave it out, and refer with #/$defs/…"],
  ["$dynamicRef", "write $ref"],
  ["$dynamicAnchor", "write $anchor"],
  ["$recursiveRef", "write $ref"],
  ["$recursiveAnchor", "write $anchor"],
]);

/** Subschemas that look at the same value as the schema they stand in. */
const IN_PLACE = new Set(["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"]);
class Problem extends Error {
  readonly path: string;
  readonly hangs: boolean;
  constructor(path: string, message: string, hangs = false) {
    super(message);
    this.path = path;
    this.hangs = hangs;
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
const escapePointer = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** Compiles a pattern for re2; `message` says why it cannot be used. */
export function linearPattern(
  source: string,
): { ok: true; pattern: LinearPattern } | { ok: false; message: string; hangs: boolean } {
  if (source.length > MAX_PATTERN_LENGTH) {
    return { ok: false, hangs: false, message: `is longer than ${MAX_PATTERN_LENGTH} characters` };
  }
  try {
    const re2 = RE2JS.compile(RE2JS.translateRegExp(source));
    const size = re2.programSize();
    if (size > MAX_PATTERN_SIZE) {
      return {
        ok: false,
        hangs: true,
        message: "repeats too much: the pattern would take too long to check",
      };
    }
    return { ok: true, pattern: { source, size, test: (text) => re2.test(text) } };
  } catch (error) {
    const reason = (error as Error).message.replace(/^error parsing regexp: /, "").slice(0, 200);
    const looksAround = /\(\?<?[=!]|\\[1-9]|\\k</.test(source);
    return {
      ok: false,
      hangs: looksAround || /repeat|large/.test(reason),
      message: looksAround
        ? "uses a lookahead, a lookbehind or a backreference, which cannot be checked in bounded time"
        : `is not a regular expression that can be checked in bounded time: ${reason}`,
    };
  }
}

/** The pointer that a local reference means, or the anchor's name; null when it leads elsewhere. */
function localTarget(ref: string): { pointer: string } | { anchor: string } | null {
  if (!ref.startsWith("#")) return null;
  let fragment: string;
  try {
    fragment = decodeURIComponent(ref.slice(1));
  } catch {
    return null;
  }
  return fragment === "" || fragment.startsWith("/") ? { pointer: fragment } : { anchor: fragment };
}

function sizeOf(value: unknown, most: number): number {
  let size = 0;
  const open: unknown[] = [value];
  while (open.length > 0 && size <= most) {
    size++;
    const next = open.pop();
    if (typeof next === "object" && next !== null) open.push(...Object.values(next));
  }
  return size;
}

/**
 * Reads a tenant's schema without running any of it. What is refused is whatever has no meaning (an unknown keyword
 * is a typing error), leads outside, or cannot be checked in bounded time. `path` is a JSON pointer into the schema.
 */
export function readSchema(
  schema: unknown,
  isFormat: (name: string) => boolean,
): { ok: true; node: SchemaNode } | ({ ok: false } & SchemaProblem) {
  try {
    const size = boundedText(schema);
    if (size === null) throw new Problem("", "is nested too deeply");
    if (size > MAX_SCHEMA_BYTES) throw new Problem("", `is larger than ${MAX_SCHEMA_BYTES / 1_024} KiB`);
    return { ok: true, node: read(schema, isFormat) };
  } catch (error) {
    if (error instanceof Problem)
      return { ok: false, path: error.path, message: error.message, hangs: error.hangs };
    throw error;
  }
}

function read(root: unknown, isFormat: (name: string) => boolean): SchemaNode {
  const patterns = new Map<string, LinearPattern>();
  const places = new Map<string, SchemaNode>();
  const anchors = new Map<string, string>();
  const refs: { from: string; ref: string; path: string; rules: SchemaRules }[] = [];
  /** By place: the places whose schema looks at the same value. */
  const inPlace = new Map<string, string[]>();

  function pattern(path: string, source: unknown): LinearPattern {
    if (typeof source !== "string") throw new Problem(path, "must be a regular expression, as a string");
    const known = patterns.get(source);
    if (known) return known;
    if (patterns.size >= MAX_PATTERNS) {
      throw new Problem(path, `is one of more than ${MAX_PATTERNS} patterns`);
    }
    const compiled = linearPattern(source);
    if (!compiled.ok) throw new Problem(path, compiled.message, compiled.hangs);
    patterns.set(source, compiled.pattern);
    return compiled.pattern;
  }

  function members(at: string, path: string, keyword: string, value: unknown, depth: number) {
    if (!isObject(value)) throw new Problem(path, "must be an object of schemas");
    return Object.entries(value).map(([name, member]): [string, SchemaNode, string] => {
      const place = `${path}/${escapePointer(name)}`;
      if (IN_PLACE.has(keyword)) inPlace.get(at)?.push(place);
      return [name, walk(member, place, depth + 1), place];
    });
  }

  function schemaMap(at: string, path: string, keyword: string, value: unknown, depth: number): unknown {
    const all = members(at, path, keyword, value, depth);
    return keyword === "patternProperties"
      ? all.map(([source, node, place]) => [pattern(place, source), node])
      : new Map(all.map(([name, node]) => [name, node]));
  }

  function keywordValue(at: string, keyword: string, kind: Kind, value: unknown, depth: number): unknown {
    const path = `${at}/${escapePointer(keyword)}`;
    const must = (right: boolean, what: string): unknown => {
      if (!right) throw new Problem(path, `must be ${what}`);
      return value;
    };
    const small = () =>
      must(sizeOf(value, MAX_ENUM) <= MAX_ENUM, `smaller: it has more than ${MAX_ENUM} values`);
    switch (kind) {
      case "schema":
        if (keyword === "items" && Array.isArray(value)) {
          throw new Problem(path, "must be a schema: a list of schemas is written as prefixItems");
        }
        if (IN_PLACE.has(keyword)) inPlace.get(at)?.push(path);
        return walk(value, path, depth + 1);
      case "schemas":
        if (!Array.isArray(value) || value.length === 0) throw new Problem(path, "must be a list of schemas");
        return value.map((member, position) => {
          if (IN_PLACE.has(keyword)) inPlace.get(at)?.push(`${path}/${position}`);
          return walk(member, `${path}/${position}`, depth + 1);
        });
      case "schemaMap":
        return schemaMap(at, path, keyword, value, depth);
      case "count":
        return must(Number.isSafeInteger(value) && (value as number) >= 0, "a whole number, 0 or more");
      case "number":
        if (keyword === "multipleOf") return must(Number.isFinite(value) && (value as number) > 0, "above 0");
        return must(Number.isFinite(value), "a number");
      case "boolean":
        return must(typeof value === "boolean", "true or false");
      case "names":
        return must(isNames(value) && new Set(value).size === value.length, "a list of names, each once");
      case "nameMap":
        must(isObject(value) && Object.values(value).every(isNames), "an object of lists of names");
        return new Map(Object.entries(value as Json));
      case "types": {
        const all = Array.isArray(value) ? value : [value];
        const known = all.length > 0 && all.every((type) => TYPES.has(type as string));
        must(known && new Set(all).size === all.length, `one or more of ${[...TYPES].join(", ")}`);
        return all;
      }
      case "enum":
        must(Array.isArray(value) && value.length > 0, "a list with at least one value");
        return small();
      case "any":
        small();
        return { value };
      case "pattern":
        return pattern(path, value);
      case "format":
        if (typeof value !== "string" || !isFormat(value)) {
          throw new Problem(path, `'${String(value).slice(0, 64)}' is not a format that can be checked`);
        }
        return value;
      case "anchor":
        must(typeof value === "string" && ANCHOR.test(value), "a name of letters, digits, - and _");
        must(!anchors.has(value as string), "a name that is used once");
        anchors.set(value as string, at);
        return undefined;
      case "dialect":
        must(at === "", "at the top of the schema");
        must(
          typeof value === "string" && DIALECT.test(value),
          "https://json-schema.org/draft/2020-12/schema",
        );
        return undefined;
      case "ref":
      case "note":
        return undefined;
    }
  }

  function walk(value: unknown, at: string, depth: number): SchemaNode {
    if (typeof value === "boolean") {
      places.set(at, value);
      return value;
    }
    if (!isObject(value)) throw new Problem(at, "must be a schema: an object, true or false");
    if (depth > MAX_DEPTH) throw new Problem(at, `is nested deeper than ${MAX_DEPTH} levels`);
    const rules: SchemaRules = {};
    places.set(at, rules);
    if (places.size > MAX_SUBSCHEMAS) {
      throw new Problem(at, `is one of more than ${MAX_SUBSCHEMAS} subschemas`);
    }
    inPlace.set(at, []);
    const found: Json = {};
    for (const [keyword, given] of Object.entries(value)) {
      if (given === undefined || keyword.startsWith("x-")) continue;
      const kind = KINDS.get(keyword);
      if (!kind) {
        const hint = HINTS.get(keyword);
        const what = hint ? `is not supported: ${hint}` : "is not a keyword of JSON Schema 2020-12";
        throw new Problem(`${at}/${escapePointer(keyword).slice(0, 200)}`, what);
      }
      if (kind === "ref") {
        const path = `${at}/$ref`;
        if (typeof given !== "string") throw new Problem(path, "must be a reference, as a string");
        refs.push({ from: at, ref: given, path, rules });
      }
      const kept = keywordValue(at, keyword, kind, given, depth);
      if (kept !== undefined && keyword !== "$defs") found[keyword === "type" ? "types" : keyword] = kept;
    }
    Object.assign(rules, found);
    return rules;
  }

  function resolveReferences(): void {
    for (const { from, ref, path, rules } of refs) {
      const target = localTarget(ref);
      if (!target) {
        throw new Problem(path, "must begin with #: references to other documents are not followed");
      }
      const place = "pointer" in target ? target.pointer : anchors.get(target.anchor);
      const node = place === undefined ? undefined : places.get(place);
      if (place === undefined || node === undefined) {
        throw new Problem(path, "leads to no schema in this document");
      }
      rules.ref = node;
      inPlace.get(from)?.push(place);
    }
  }

  /** A schema that leads back to itself without going into the value would never end. */
  function refuseCycles(): void {
    const state = new Map<string, "open" | "done">();
    for (const start of inPlace.keys()) {
      if (state.has(start)) continue;
      const stack = [{ place: start, next: 0 }];
      state.set(start, "open");
      while (stack.length > 0) {
        const top = stack[stack.length - 1] as { place: string; next: number };
        const following = inPlace.get(top.place)?.[top.next++];
        if (following === undefined) {
          state.set(top.place, "done");
          stack.pop();
        } else if (state.get(following) === "open") {
          const message = "refers to itself without going into a member or an item, so it never ends";
          throw new Problem(following, message, true);
        } else if (!state.has(following) && inPlace.has(following)) {
          state.set(following, "open");
          stack.push({ place: following, next: 0 });
        }
      }
    }
  }

  const node = walk(root, "", 0);
  resolveReferences();
  refuseCycles();
  return node;
}

/** The length of a value's JSON text; null when there is no such text. */
function boundedText(value: unknown): number | null {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return null;
  }
}
