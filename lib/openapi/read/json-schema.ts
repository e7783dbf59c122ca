import { FORMATS } from "#lib/contract/schema-formats.ts";
import { linearPattern } from "#lib/contract/schema-structure.ts";
import { MAX_SCHEMA_BYTES } from "../rules.ts";
import { isObject, type JsonObject, listAt, member, objectAt } from "./json.ts";
import { type Notes, Unusable } from "./notes.ts";
import { down, pointerOf, tokensOf, valueAt } from "./pointer.ts";
import { resolve } from "./resolve.ts";
import { KEYWORDS } from "./schema-keywords.ts";
import type { Source } from "./source.ts";

/** What a route's validation may hold. */
export type CheckSchema = Record<string, never> | boolean;
type Converted = { schema: JsonObject | boolean; refs: Set<string> };
type Definition = Converted & { bytes: number };

/** Only describe the schema; said once for the whole document, because nothing is checked less without them. */
const DESCRIBING: Record<string, string> = {
  discriminator: "Discriminator",
  xml: "XML form",
  externalDocs: "External documentation",
};
/** Found by pointer where something refers to them. */
const HOLDERS = new Set(["$defs", "definitions"]);
const DIALECT =
  /^https:\/\/(?:json-schema\.org\/draft\/2020-12\/schema|spec\.openapis\.org\/oas\/3\.1\/dialect\/.+)$/;

/**
 * Turns a document's schemas into JSON Schema 2020-12 that stand alone: what they refer to comes along under
 * `$defs`, recursion included. Schemas that several operations refer to are converted once.
 */
export class SchemaReader {
  readonly #source: Source;
  readonly #notes: Notes;
  readonly #definitions = new Map<string, Definition>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(source: Source, notes: Notes) {
    this.#source = source;
    this.#notes = notes;
  }

  /** A schema with all that it refers to. Throws Unusable for what is not there, or is too large altogether. */
  standalone(value: unknown, pointer: string): CheckSchema {
    return this.bundle(this.convert(value, pointer), pointer);
  }

  /** Brings along what a converted schema refers to. */
  bundle({ schema, refs }: Converted, pointer: string): CheckSchema {
    const needed = new Map<string, Definition>();
    let bytes = JSON.stringify(schema).length;
    const open = [...refs];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (needed.has(next)) continue;
      const definition = this.#definition(next);
      needed.set(next, definition);
      bytes += definition.bytes;
      if (bytes > MAX_SCHEMA_BYTES) {
        throw new Unusable(
          pointer,
          `is larger than ${MAX_SCHEMA_BYTES / 1024} KiB with everything that it refers to`,
        );
      }
      open.push(...definition.refs);
    }
    if (bytes > MAX_SCHEMA_BYTES)
      throw new Unusable(pointer, `is larger than ${MAX_SCHEMA_BYTES / 1024} KiB`);
    if (needed.size === 0 || !isObject(schema)) return schema as CheckSchema;
    return this.#withDefinitions(schema, needed) as CheckSchema;
  }

  #withDefinitions(schema: JsonObject, needed: Map<string, Definition>): JsonObject {
    let root = schema;
    const only = Object.keys(schema).length === 1 ? schema.$ref : undefined;
    if (typeof only === "string") {
      // A schema that is nothing but a reference reads better as what it refers to, unless that is recursive.
      const target = [...needed].find(([pointer]) => this.#refTo(pointer) === only);
      const again = target && [...needed.values()].some(({ refs }) => refs.has(target[0]));
      if (target && !again && isObject(target[1].schema)) {
        root = target[1].schema;
        needed.delete(target[0]);
      }
    }
    if (needed.size === 0) return root;
    const entries = [...needed].map(
      ([pointer, { schema: value }]) => [this.#nameOf(pointer), value] as const,
    );
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return { ...root, $defs: Object.fromEntries(entries) };
  }

  #definition(pointer: string): Definition {
    let definition = this.#definitions.get(pointer);
    if (!definition) {
      const value = valueAt(this.#source.root, tokensOf(pointer) ?? []);
      const converted = this.convert(value, pointer);
      definition = { ...converted, bytes: JSON.stringify(converted.schema).length };
      this.#definitions.set(pointer, definition);
    }
    return definition;
  }

  /** A name for what stands at a pointer: its last step, made unique. */
  #nameOf(pointer: string): string {
    let name = this.#names.get(pointer);
    if (name === undefined) {
      const wanted =
        (tokensOf(pointer)?.at(-1) ?? "").replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 100) || "root";
      name = wanted;
      for (let i = 2; this.#taken.has(name); i++) name = `${wanted}_${i}`;
      this.#taken.add(name);
      this.#names.set(pointer, name);
    }
    return name;
  }

  #refTo(pointer: string): string {
    return `#/$defs/${this.#nameOf(pointer)}`;
  }

  /** Converts one schema; what it refers to is left to `bundle`. */
  convert(value: unknown, pointer: string): Converted {
    const refs = new Set<string>();
    return { schema: this.#schema(value, pointer, refs), refs };
  }

  #schema(value: unknown, pointer: string, refs: Set<string>): JsonObject | boolean {
    if (typeof value === "boolean") return value;
    if (!isObject(value)) throw new Unusable(pointer, "is not a schema");
    const result: JsonObject = {};
    const ref = member(value, "$ref");
    if (typeof ref === "string") {
      const to = pointerOf(ref);
      if (to === null || valueAt(this.#source.root, tokensOf(to) ?? []) === undefined) {
        throw new Unusable(pointer, `refers to ${ref.slice(0, 200)}, which is not in the document`);
      }
      refs.add(to);
      result.$ref = this.#refTo(to);
      if (this.#source.is30) {
        const beside = Object.keys(value).filter((name) => name !== "$ref");
        if (beside.length > 0) {
          this.#notes.add(
            "Beside a reference",
            pointer,
            `OpenAPI 3.0 ignores what stands beside $ref: ${beside.slice(0, 10).join(", ")}`,
          );
        }
        return result;
      }
    }
    for (const [name, raw] of Object.entries(value)) this.#keyword(result, name, raw, pointer, refs);
    this.#readOnly(result, value, pointer);
    return this.#nullable(result, value, pointer);
  }

  #keyword(result: JsonObject, name: string, raw: unknown, pointer: string, refs: Set<string>): void {
    if (name === "$ref" || HOLDERS.has(name) || name === "nullable") return;
    const at = down(pointer, name);
    if (name === "example") {
      if (!Array.isArray(result.examples)) result.examples = [raw];
      return;
    }
    if (name === "items" && Array.isArray(raw)) {
      if (raw.length > 0) result.prefixItems = raw.map((one, i) => this.#schema(one, down(at, i), refs));
      return;
    }
    if ((name === "exclusiveMinimum" || name === "exclusiveMaximum") && typeof raw === "boolean") return;
    if (name === "$schema" && typeof raw === "string" && DIALECT.test(raw)) return;
    const keyword = KEYWORDS.get(name);
    if (!keyword) {
      const what = DESCRIBING[name] ?? (name.startsWith("x-") ? "Extension" : "Schema keyword");
      this.#notes.add(what, at, `${name} is not part of the check`);
      return;
    }
    if (!keyword.fits(raw)) {
      this.#notes.add(
        "Schema keyword",
        at,
        `${name} has a value that JSON Schema does not allow, and is left out`,
      );
      return;
    }
    if (name === "format" && !FORMATS.has(raw as string)) {
      this.#notes.add(
        "Format",
        at,
        `'${String(raw).slice(0, 64)}' is no format that can be checked, and is left out`,
      );
      return;
    }
    if (name === "pattern" && !this.#canBeChecked(raw as string, at)) return;
    if (name === "patternProperties") {
      const usable = Object.entries(raw as JsonObject).filter(([source]) =>
        this.#canBeChecked(source, down(at, source)),
      );
      if (usable.length === 0) return;
      result[name] = this.#walk(keyword.shape, Object.fromEntries(usable), at, refs);
      return;
    }
    result[name] = this.#walk(keyword.shape, raw, at, refs);
  }

  /** A pattern that cannot be checked in bounded time would keep the route from being published. */
  #canBeChecked(source: string, at: string): boolean {
    const pattern = linearPattern(source);
    if (!pattern.ok) this.#notes.add("Pattern", at, `${pattern.message}, and is left out`);
    return pattern.ok;
  }

  #walk(shape: string, raw: unknown, at: string, refs: Set<string>): unknown {
    if (shape === "schema") return this.#schema(raw, at, refs);
    if (shape === "list") return (raw as unknown[]).map((one, i) => this.#schema(one, down(at, i), refs));
    if (shape === "map") {
      const entries = Object.entries(raw as JsonObject);
      return Object.fromEntries(entries.map(([key, one]) => [key, this.#schema(one, down(at, key), refs)]));
    }
    return raw;
  }

  /** OpenAPI: a property that is readOnly is never sent, so a request need not have it although it is required. */
  #readOnly(result: JsonObject, value: JsonObject, pointer: string): void {
    if (!Array.isArray(result.required)) return;
    const properties = objectAt(value, "properties");
    const required = (result.required as string[]).filter((name) => {
      const property = member(properties, name);
      if (!isObject(property)) return true;
      const at = down(down(pointer, "properties"), name);
      return member(resolve(this.#source, property, at).value, "readOnly") !== true;
    });
    if (required.length > 0) result.required = required;
    else delete result.required;
  }

  /** The spellings of OpenAPI 3.0 that 2020-12 has others for: `nullable`, and exclusive limits as flags. */
  #nullable(result: JsonObject, value: JsonObject, pointer: string): JsonObject {
    for (const [flag, limit] of [
      ["exclusiveMinimum", "minimum"],
      ["exclusiveMaximum", "maximum"],
    ] as const) {
      if (member(value, flag) === true && typeof result[limit] === "number") {
        result[flag] = result[limit];
        delete result[limit];
      }
    }
    const nullable = member(value, "nullable");
    if (nullable === undefined) return result;
    if (!this.#source.is30) {
      this.#notes.add("Schema keyword", down(pointer, "nullable"), "nullable means nothing in OpenAPI 3.1");
      return result;
    }
    if (nullable !== true) return result;
    const { type } = result;
    if (typeof type === "string") {
      if (type !== "null") result.type = [type, "null"];
      const choices = listAt(result, "enum");
      if (choices.length > 0 && !choices.includes(null)) result.enum = [...choices, null];
      return result;
    }
    const combined = ["allOf", "anyOf", "oneOf"].some((name) => Object.hasOwn(result, name));
    return combined ? { anyOf: [result, { type: "null" }] } : result;
  }
}
