type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Schema = Readonly<Record<string, unknown>>;

/** Deeper than this, and beyond so many values, a sample stops being one: schemas may refer to themselves. */
const MAX_DEPTH = 6;
const MAX_VALUES = 200;

const FORMATS: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00Z",
  email: "somebody@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** What a local reference such as `#/$defs/user` leads to. */
function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return true;
  let at: unknown = root;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isObject(at) && Object.hasOwn(at, name) ? at[name] : true;
  }
  return at;
}

function sampleText(schema: Schema): string {
  const format = typeof schema.format === "string" ? FORMATS[schema.format] : undefined;
  const text = format ?? "text";
  const least = Math.min(numberOf(schema.minLength) ?? 0, 1_000);
  const most = numberOf(schema.maxLength) ?? text.length;
  return format ? text : text.padEnd(least, "x").slice(0, Math.max(most, least, 0));
}

function sampleNumber(schema: Schema, step: number): number {
  const above = numberOf(schema.exclusiveMinimum);
  const least = numberOf(schema.minimum) ?? (above === null ? null : above + step);
  const below = numberOf(schema.exclusiveMaximum);
  const most = numberOf(schema.maximum) ?? (below === null ? null : below - step);
  const start = least ?? (most !== null && most < 1 ? most : 1);
  const multiple = numberOf(schema.multipleOf);
  return multiple && multiple > 0 ? Math.ceil(start / multiple) * multiple : start;
}

/** The kind of value asked for, also when only its members say it. */
function kindOf(schema: Schema): unknown {
  if (Array.isArray(schema.type)) return schema.type.find((one) => one !== "null") ?? "null";
  if (schema.type) return schema.type;
  if (schema.properties || schema.required || schema.additionalProperties) return "object";
  if (schema.items || schema.prefixItems) return "array";
  return null;
}

/** A value that a JSON Schema should accept, for people to start from; what cannot be guessed is left simple. */
export function sampleOf(root: unknown): Json {
  let left = MAX_VALUES;
  const sample = (schema: unknown, depth: number): Json => {
    left -= 1;
    if (!isObject(schema) || depth > MAX_DEPTH || left < 0) return null;
    if (schema.const !== undefined) return schema.const as Json;
    if (schema.default !== undefined) return schema.default as Json;
    if (Array.isArray(schema.examples) && schema.examples.length) return schema.examples[0] as Json;
    if (Array.isArray(schema.enum) && schema.enum.length) return schema.enum[0] as Json;
    if (typeof schema.$ref === "string") return sample(resolve(root, schema.$ref), depth + 1);
    const [either] = [schema.oneOf, schema.anyOf].filter((one) => Array.isArray(one) && one.length);
    const parts = [
      ...(Array.isArray(schema.allOf) ? schema.allOf : []),
      ...((either as unknown[]) ?? []).slice(0, 1),
    ];
    const kind = kindOf(schema);
    const own = kind === null ? null : sampleKind(kind, schema, depth);
    const joined = parts.map((part) => sample(part, depth + 1));
    if (parts.length === 0) return own ?? (kind === null ? {} : null);
    const objects = [own, ...joined].filter(isObject);
    return objects.length ? (Object.assign({}, ...objects) as Json) : (own ?? joined[0] ?? null);
  };
  const sampleKind = (kind: unknown, schema: Schema, depth: number): Json => {
    if (kind === "string") return sampleText(schema);
    if (kind === "integer") return Math.ceil(sampleNumber(schema, 1));
    if (kind === "number") return sampleNumber(schema, 0.5);
    if (kind === "boolean") return true;
    if (kind === "array") {
      const fixed = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
      const wanted = Math.min(Math.max(numberOf(schema.minItems) ?? 1, fixed.length), 20);
      return Array.from({ length: wanted }, (_, index) =>
        sample(fixed[index] ?? schema.items ?? {}, depth + 1),
      );
    }
    if (kind !== "object") return null;
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
    // Beyond the first levels only what must be there, so that a sample stays one screen.
    const names = depth < 3 ? [...new Set([...required, ...Object.keys(properties)])] : required;
    return Object.fromEntries(
      names
        .filter((name) => properties[name] !== false)
        .map((name) => [name, name in properties ? sample(properties[name], depth + 1) : "text"]),
    );
  };
  return sample(root, 0);
}
