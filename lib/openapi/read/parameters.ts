import { isObject, type JsonObject, listAt, member, objectAt, textAt } from "./json.ts";
import type { CheckSchema, SchemaReader } from "./json-schema.ts";
import { type Notes, Unusable } from "./notes.ts";
import { down } from "./pointer.ts";
import { resolve } from "./resolve.ts";
import type { Source } from "./source.ts";

type Parameter = { value: JsonObject; pointer: string; name: string; where: string };
type Place = { value: unknown; pointer: string };

/** The parameters of the operation and, unless it has them itself, those of its path. */
export function parametersOf(source: Source, item: Place, operation: Place): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const { value, pointer } of [item, operation]) {
    for (const [index, given] of listAt(value, "parameters").entries()) {
      const at = down(down(pointer, "parameters"), index);
      const parameter = resolve(source, given, at);
      const name = textAt(parameter.value, "name");
      const where = textAt(parameter.value, "in");
      if (!isObject(parameter.value) || name === undefined || where === undefined) {
        throw new Unusable(at, "is not a parameter: it needs name and in");
      }
      found.set(`${where} ${name}`, { value: parameter.value, pointer: parameter.pointer, name, where });
    }
  }
  return [...found.values()];
}

/** A header that OpenAPI says to ignore, because something else describes it. */
const DESCRIBED_ELSEWHERE = /^(?:accept|content-type|authorization)$/i;

/** Lists what a parameter asks for that a route cannot check. */
export function noteParameter(
  { name, where, pointer, value }: Parameter,
  exported: boolean,
  notes: Notes,
): void {
  if (where === "cookie") notes.add("Cookie parameter", pointer, `the cookie '${name}' is not checked`);
  else if (where === "header") {
    const known = DESCRIBED_ELSEWHERE.test(name) || (exported && name.toLowerCase() === "x-api-version");
    if (!known)
      notes.add("Header parameter", pointer, `the header '${name}' is not checked; it is passed on`);
  } else if (where === "path") {
    const schema = objectAt(value, "schema");
    const plain = Object.keys(schema).every(
      (key) => key === "type" || key === "description" || key === "title",
    );
    if (!plain || (schema.type !== undefined && schema.type !== "string")) {
      notes.add("Path parameter schema", down(pointer, "schema"), `the value of '${name}' is not checked`);
    }
  } else if (where !== "query") notes.add("Parameter", pointer, `nothing is known in ${where.slice(0, 40)}`);
}

/** Why the values of a query parameter cannot be checked as they arrive; null when they can. */
function queryProblem(value: JsonObject): string | null {
  if (member(value, "content") !== undefined) return "is described by a media type";
  const style = textAt(value, "style") ?? "form";
  if (style !== "form") return `is written in the style ${style.slice(0, 40)}`;
  const type = member(objectAt(value, "schema"), "type");
  if (member(value, "explode") === false && (type === "array" || type === "object")) {
    return "puts several values into one";
  }
  return type === "object" ? "spreads an object over several names" : null;
}

/** The query parameters as one schema of an object; null when there are none. */
export function readQuery(
  source: Source,
  parameters: readonly Parameter[],
  schemas: SchemaReader,
  pointer: string,
  notes: Notes,
): CheckSchema | null {
  const queries = parameters.filter(({ where }) => where === "query");
  if (queries.length === 0) return null;
  const properties: [string, unknown][] = [];
  const refs = new Set<string>();
  const required: string[] = [];
  for (const { name, value, pointer: at } of queries) {
    if (value.required === true) required.push(name);
    const resolved = resolve(source, objectAt(value, "schema"), down(at, "schema"));
    const problem = queryProblem({ ...value, schema: resolved.value });
    if (problem) notes.add("Query parameter", at, `'${name}' ${problem}: only its presence is checked`);
    for (const flag of ["allowEmptyValue", "allowReserved"]) {
      if (value[flag] === true) notes.add("Query parameter", down(at, flag), `${flag} is not known here`);
    }
    noteExamples(value, at, notes);
    if (problem || member(value, "schema") === undefined) {
      properties.push([name, {}]);
      continue;
    }
    const converted = schemas.convert(value.schema, down(at, "schema"));
    for (const ref of converted.refs) refs.add(ref);
    properties.push([name, converted.schema]);
  }
  const schema: JsonObject = { type: "object", properties: Object.fromEntries(properties) };
  if (required.length > 0) schema.required = required;
  return schemas.bundle({ schema, refs }, pointer);
}

export function noteExamples(value: unknown, pointer: string, notes: Notes): void {
  for (const name of ["example", "examples"]) {
    if (member(value, name) !== undefined) notes.add("Example", down(pointer, name), "examples are not kept");
  }
}
