import { invalid } from "#lib/errors/domain-error.ts";
import { breath } from "../breath.ts";
import { MAX_DEPTH, MAX_NODES } from "../rules.ts";
import { isObject, type JsonObject, member, objectAt, textAt } from "./json.ts";
import { down, place, pointerOf, tokensOf, valueAt } from "./pointer.ts";
import { parseYaml } from "./yaml.ts";

/** A document that has the outer shape of OpenAPI 3.0 or 3.1, can be walked safely, and refers only to itself. */
export type Source = { root: JsonObject; is30: boolean };

const refuse = (pointer: string, message: string): never => {
  throw invalid([{ path: place(pointer), message }], "This document cannot be imported.");
};

/** Values under these are data and not description: a `$ref` in there refers to nothing. */
const DATA = /^(?:example|examples|default|enum|const|x-.*)$/;
/** NUL and lone surrogates, which PostgreSQL cannot take out of JSON again. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
const unstorable = (text: string) => /\u0000/.test(text) || !text.isWellFormed();

/** Looks at every value once, without recursion. Returns where each `$ref` stands. Throws `invalid_input`. */
async function survey(root: unknown): Promise<{ pointer: string; ref: string }[]> {
  const refs: { pointer: string; ref: string }[] = [];
  const open: { value: unknown; pointer: string; depth: number; data: boolean }[] = [
    { value: root, pointer: "", depth: 0, data: false },
  ];
  const pause = breath();
  let nodes = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, pointer, depth, data } = next;
    nodes += 1;
    if (nodes > MAX_NODES) refuse("", `holds more than ${MAX_NODES.toLocaleString("en")} values`);
    if (depth > MAX_DEPTH) refuse(pointer.slice(0, 200), `is nested more than ${MAX_DEPTH} levels deep`);
    if (pause.due()) await pause.take();
    if (typeof value === "string" && unstorable(value)) refuse(pointer, "has a character that is not text");
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--) {
        open.push({ value: value[i], pointer: `${pointer}/${i}`, depth: depth + 1, data });
      }
      continue;
    }
    const object = value as JsonObject;
    if (!data && typeof member(object, "$ref") === "string")
      refs.push({ pointer, ref: object.$ref as string });
    for (const name of Object.keys(object)) {
      const at = down(pointer, name);
      if (name === "__proto__") refuse(at, "is a name that no member may have");
      if (unstorable(name)) refuse(pointer, "has a member whose name is not text");
      open.push({ value: object[name], pointer: at, depth: depth + 1, data: data || DATA.test(name) });
    }
  }
  return refs;
}

/** References that go nowhere inside this document: to other documents, or round in a circle of references. */
function referenceProblem(root: JsonObject, ref: string): string | null {
  const seen = new Set<string>();
  let current = ref;
  for (;;) {
    if (!current.startsWith("#")) {
      return `refers to ${current.slice(0, 200)}, which is another document: bundle it into this one, nothing is fetched`;
    }
    const pointer = pointerOf(current);
    if (pointer === null || seen.has(pointer)) {
      return pointer === null ? null : `refers to ${ref.slice(0, 200)}, which only leads back to itself`;
    }
    seen.add(pointer);
    const next = textAt(valueAt(root, tokensOf(pointer) ?? []), "$ref");
    if (next === undefined) return null;
    current = next;
  }
}

function versionOf(root: JsonObject): string {
  const version = member(root, "openapi");
  if (typeof version === "string" && /^3\.[01]\.\d{1,3}(?:-\S{1,40})?$/.test(version)) return version;
  if (member(root, "swagger") !== undefined) {
    refuse("/swagger", "is Swagger 2.0: convert it to OpenAPI 3.0 or 3.1 first");
  }
  if (member(root, "asyncapi") !== undefined)
    refuse("/asyncapi", "is AsyncAPI, which describes no HTTP routes");
  if (version === undefined) refuse("", "is not an OpenAPI document: it has no member openapi");
  return refuse("/openapi", "must be a text 3.0.x or 3.1.x");
}

async function parse(text: string): Promise<unknown> {
  const source = text.replace(/^\ufeff/, "");
  if (/^\s*[{[]/.test(source)) {
    try {
      return JSON.parse(source);
    } catch {
      // Braces are YAML too, and its parser can say where the mistake is.
    }
  }
  return parseYaml(source);
}

/**
 * Reads a document from text, JSON or YAML. Nothing is ever fetched. Throws `invalid_input` with line and column for
 * what does not parse, and with JSON pointers for what is not OpenAPI 3.0 or 3.1, nests too deeply, holds too much,
 * refers to other documents or in circles.
 */
export async function readSource(text: string): Promise<Source> {
  if (text.trim() === "") throw invalid([{ path: "document", message: "is empty" }]);
  const root = await parse(text);
  if (!isObject(root)) return refuse("", "is not an OpenAPI document: it is not an object");
  const version = versionOf(root);
  const refs = await survey(root);
  const known = new Map<string, string | null>();
  const problems = [];
  for (const { pointer, ref } of refs) {
    if (!known.has(ref)) known.set(ref, referenceProblem(root, ref));
    const message = known.get(ref);
    if (message) problems.push({ path: place(pointer), message });
    if (problems.length === 100) break;
  }
  if (problems.length > 0) throw invalid(problems, "This document cannot be imported.");
  const paths = member(root, "paths");
  if (paths !== undefined && !isObject(paths)) refuse("/paths", "must be an object");
  if (Object.keys(objectAt(root, "paths")).length === 0) refuse("/paths", "describes no operations");
  return { root, is30: version.startsWith("3.0") };
}
