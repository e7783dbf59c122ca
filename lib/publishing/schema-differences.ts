import { capped, code, same } from "./wording.ts";

type SchemaObject = { properties?: Record<string, unknown>; required?: unknown };
const asObject = (value: unknown): SchemaObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SchemaObject) : {};
const requiredOf = (schema: SchemaObject): string[] =>
  Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === "string") : [];

/** What a JSON Schema asks for on its first level; anything deeper is only said to have changed. */
export function schemaChange(what: string, before: unknown, after: unknown): string[] {
  if (same(before ?? null, after ?? null)) return [];
  if (before === null || before === undefined) return [`${what} is now checked against a schema`];
  if (after === null || after === undefined) return [`${what} is no longer checked`];
  const [was, is] = [asObject(before), asObject(after)];
  const [had, has] = [asObject(was.properties), asObject(is.properties)] as Record<string, unknown>[];
  const texts: string[] = [];
  const [needed, needs] = [new Set(requiredOf(was)), new Set(requiredOf(is))];
  for (const name of needs) if (!needed.has(name)) texts.push(`${what}: property ${code(name)} now required`);
  for (const name of needed)
    if (!needs.has(name)) texts.push(`${what}: property ${code(name)} no longer required`);
  for (const name of new Set([...Object.keys(had ?? {}), ...Object.keys(has ?? {})])) {
    const [old, now] = [had?.[name], has?.[name]];
    if (old === undefined) texts.push(`${what}: property ${code(name)} added`);
    else if (now === undefined) texts.push(`${what}: property ${code(name)} removed`);
    else if (!same(old, now)) texts.push(`${what}: property ${code(name)} changed`);
  }
  return texts.length ? capped(texts, `change of the ${what}`) : [`${what} schema changed`];
}
