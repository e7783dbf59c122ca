import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { isObject, type JsonObject, member, textAt } from "../read/json.ts";
import { KEYWORDS } from "../read/schema-keywords.ts";

const NAME = /^[a-zA-Z0-9._-]{1,128}$/;
const LOCAL = /^#\/\$defs\/([a-zA-Z0-9._-]+)$/;

const REFERENCE = /"\$ref":"#\/\$defs\/([^"]+)"/g;

/** The document's shared schemas: what routes keep under `$defs`. Equal ones of several routes are there once. */
export class SharedSchemas {
  readonly schemas: JsonObject = {};
  readonly #taken = new Set<string>();
  /** The text of what stands under a name unrenamed, so that an equal one can share it. */
  readonly #texts = new Map<string, string>();
  readonly #renamed = new Map<string, Map<string, string>>();

  /** Takes definitions that refer to each other; gives the names that they have in the document. */
  share(definitions: JsonObject): Map<string, string> {
    const own = new Map(Object.entries(definitions).map(([name, schema]) => [name, canonicalJson(schema)]));
    const other = this.#different(own);
    const names = new Map<string, string>();
    for (const [name, text] of own) {
      if (other.has(name)) continue;
      names.set(name, name);
      this.#texts.set(name, text);
      this.#taken.add(name);
    }
    if (other.size === 0) return names;
    const group = canonicalJson(definitions);
    const known = this.#renamed.get(group);
    if (known) return known;
    for (const name of other) names.set(name, this.#free(name));
    this.#renamed.set(group, names);
    return names;
  }

  /** Which of them must have names of their own: those that differ, and those that refer to one that does. */
  #different(own: ReadonlyMap<string, string>): Set<string> {
    const different = new Set<string>();
    for (const [name, text] of own) {
      if (this.#taken.has(name) && this.#texts.get(name) !== text) different.add(name);
    }
    for (let before = -1; before !== different.size; ) {
      before = different.size;
      for (const [name, text] of own) {
        const refers = [...text.matchAll(REFERENCE)].some(([, to]) => different.has(to as string));
        if (refers) different.add(name);
      }
    }
    return different;
  }

  #free(name: string): string {
    let free = name;
    for (let i = 2; this.#taken.has(free); i++) free = `${name}_${i}`;
    this.#taken.add(free);
    return free;
  }
}

/** A schema whose references cannot be said in a larger document: it stays in the extension. */
class Unsayable extends Error {}

/**
 * A route's schema as part of the document: `#` means the document there, so definitions move to the shared schemas
 * and references follow. Null for one that refers in another way.
 */
export function toDocumentSchema(schema: unknown, shared: SharedSchemas): unknown {
  try {
    if (!isObject(schema)) return schema;
    const { $defs, ...root } = schema;
    const definitions = isObject($defs) ? $defs : {};
    if (Object.keys(definitions).some((name) => !NAME.test(name))) return null;
    // Checked before anything is shared, so that nothing is left behind by a schema that cannot be said.
    for (const definition of Object.values(definitions))
      rewrite(definition, (name) => known(name, definitions));
    rewrite(root, (name) => known(name, definitions));
    for (const name of Object.keys(definitions)) if (circles(name, definitions)) return null;
    const names = shared.share(definitions);
    const rename = (name: string) => names.get(name) as string;
    for (const [name, definition] of Object.entries(definitions)) {
      shared.schemas[rename(name)] = rewrite(definition, rename);
    }
    return rewrite(root, rename);
  } catch (error) {
    if (error instanceof Unsayable) return null;
    throw error;
  }
}

/** Whether a definition is a reference to a reference … to itself: it means nothing, and an import refuses it. */
function circles(name: string, definitions: JsonObject): boolean {
  const seen = new Set<string>();
  let next: string | undefined = name;
  while (next !== undefined) {
    if (seen.has(next)) return true;
    seen.add(next);
    next = LOCAL.exec(textAt(member(definitions, next), "$ref") ?? "")?.[1];
  }
  return false;
}

function known(name: string, definitions: JsonObject): string {
  if (member(definitions, name) === undefined) throw new Unsayable();
  return name;
}

function rewrite(schema: unknown, rename: (name: string) => string): unknown {
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([name, value]) => {
    if (name === "$ref") {
      const to = typeof value === "string" ? LOCAL.exec(value)?.[1] : undefined;
      if (to === undefined) throw new Unsayable();
      return [name, `#/components/schemas/${rename(to)}`];
    }
    if (
      ["$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$schema", "$defs", "definitions"].includes(name)
    ) {
      throw new Unsayable();
    }
    const shape = KEYWORDS.get(name)?.shape;
    if (shape === "schema") return [name, rewrite(value, rename)];
    if (shape === "list" && Array.isArray(value)) return [name, value.map((one) => rewrite(one, rename))];
    if (shape === "map" && isObject(value)) {
      return [
        name,
        Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rewrite(one, rename)])),
      ];
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}
