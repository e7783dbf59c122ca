import type { SchemaNode, SchemaRules } from "./schema-structure.ts";

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MAX_FOLLOWED = 100;

/** The rules that apply to the same value: through references and `allOf`, within bounds. */
function rulesOf(node: SchemaNode | undefined): SchemaRules[] {
  const found: SchemaRules[] = [];
  const open: (SchemaNode | undefined)[] = [node];
  while (open.length > 0 && found.length < MAX_FOLLOWED) {
    const next = open.pop();
    if (next === undefined || typeof next === "boolean") continue;
    found.push(next);
    open.push(next.ref, ...(next.allOf ?? []), ...(next.anyOf ?? []), ...(next.oneOf ?? []));
  }
  return found;
}

const typesOf = (node: SchemaNode | undefined): Set<string> =>
  new Set(rulesOf(node).flatMap(({ types }) => types ?? []));

/** One value as the schema wants it, where its text says just that; else the text. */
function coerced(text: string, node: SchemaNode | undefined): string | number | boolean {
  const types = typesOf(node);
  if (types.has("string")) return text;
  if ((types.has("number") || types.has("integer")) && NUMBER.test(text)) {
    const number = Number(text);
    if (Number.isFinite(number)) return number;
  }
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

/**
 * A query as the value that a schema is about: an object with a text per name, or a list where the name comes more
 * than once or the schema wants a list. Numbers and true/false are read where the schema asks for them.
 */
export function queryValue(query: string, schema: SchemaNode): Record<string, unknown> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  const rules = rulesOf(schema);
  const entries = [...groups].map(([name, values]): [string, unknown] => {
    const own = rules.flatMap(({ properties }) => properties?.get(name) ?? []);
    const others = rules.flatMap(({ additionalProperties }) => additionalProperties ?? []);
    const node: SchemaNode = { allOf: own.length > 0 ? own : others };
    const isList = typesOf(node).has("array");
    if (values.length === 1 && !isList) return [name, coerced(values[0] as string, node)];
    const item: SchemaNode = { allOf: rulesOf(node).flatMap(({ items }) => items ?? []) };
    return [name, values.map((value) => coerced(value, item))];
  });
  return Object.fromEntries(entries);
}
