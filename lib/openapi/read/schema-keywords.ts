import { isObject } from "./json.ts";

/** How a keyword's value is walked: it is a schema, a list of them, a map of them, or data that is kept as it is. */
export type Shape = "schema" | "list" | "map" | "data";
type Keyword = { shape: Shape; fits(value: unknown): boolean };

const TYPES = new Set(["null", "boolean", "object", "array", "number", "string", "integer"]);
const isSchema = (value: unknown) => typeof value === "boolean" || isObject(value);
const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number";
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isFlag = (value: unknown) => typeof value === "boolean";
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isType = (value: unknown) =>
  Array.isArray(value)
    ? value.length > 0 &&
      value.every((one) => isText(one) && TYPES.has(one)) &&
      new Set(value).size === value.length
    : isText(value) && TYPES.has(value as string);

const each = (shape: Shape, fits: Keyword["fits"], names: string): [string, Keyword][] =>
  names.split(" ").map((name) => [name, { shape, fits }]);

/** The keywords of JSON Schema 2020-12 that a check may hold, except those that name or refer. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ...each(
    "schema",
    isSchema,
    "not if then else contains propertyNames additionalProperties items unevaluatedItems unevaluatedProperties contentSchema",
  ),
  ...each(
    "list",
    (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema),
    "allOf anyOf oneOf prefixItems",
  ),
  ...each(
    "map",
    (value) => isObject(value) && Object.values(value).every(isSchema),
    "properties patternProperties dependentSchemas",
  ),
  ...each("data", isType, "type"),
  ...each("data", (value) => Array.isArray(value) && value.length > 0, "enum"),
  ...each("data", () => true, "const default"),
  ...each("data", Array.isArray, "examples"),
  ...each("data", (value) => isNumber(value) && (value as number) > 0, "multipleOf"),
  ...each("data", isNumber, "maximum exclusiveMaximum minimum exclusiveMinimum"),
  ...each(
    "data",
    isCount,
    "maxLength minLength maxItems minItems maxContains minContains maxProperties minProperties",
  ),
  ...each("data", isText, "pattern title description format contentEncoding contentMediaType $comment"),
  ...each("data", isFlag, "uniqueItems deprecated readOnly writeOnly"),
  ...each(
    "data",
    (value) => isTexts(value) && new Set(value as string[]).size === (value as string[]).length,
    "required",
  ),
  ...each("data", (value) => isObject(value) && Object.values(value).every(isTexts), "dependentRequired"),
]);
