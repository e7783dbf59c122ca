import { canonicalJson } from "./canonical-json.ts";
import type { ErrorDetail } from "./errors.ts";
import { FORMATS } from "./schema-formats.ts";
import type { LinearPattern, SchemaNode, SchemaRules } from "./schema-structure.ts";

/** The work of one check. Without `errors` it only says whether the value is valid, and stops at the first fault. */
export type Work = { steps: number; errors: ErrorDetail[] | null; most: number };
/** Where in the value, from the inside out. */
type Place = { parent: Place | null; key: string | number } | null;
/** The members and items that some subschema has looked at, for `unevaluated…`. */
type Seen = { names: Set<string>; allNames: boolean; items: Set<number>; itemsUpTo: number };

export class OutOfSteps extends Error {}
export class TooManyErrors extends Error {}

/** Characters that a pattern of the smallest size reads in one step, and members that are compared in one. */
const CHARACTERS_PER_STEP = 64;
/** Of the branch that comes nearest, how many faults are told. */
const NEAREST_FAULTS = 3;

function spend(work: Work, amount: number): void {
  work.steps -= amount;
  if (work.steps < 0) throw new OutOfSteps();
}

function pointer(place: Place): string {
  const keys: string[] = [];
  for (let at = place; at; at = at.parent) {
    keys.push(String(at.key).replaceAll("~", "~0").replaceAll("/", "~1"));
  }
  return keys.length === 0 ? "" : `/${keys.reverse().join("/")}`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function isType(type: string, value: unknown): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function equals(a: unknown, b: unknown, work: Work): boolean {
  spend(work, 1);
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, position) => equals(item, b[position], work));
  }
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      equals((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], work),
  );
}

/** Whether all items differ, in linear time. */
function areUnique(items: readonly unknown[], work: Work): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    let identity = item;
    if (item !== null && typeof item === "object") {
      const text = canonicalJson(item);
      spend(work, text.length / 4);
      identity = `json ${text}`; // a text item has another prefix
    } else if (typeof item === "string") identity = `text ${item}`;
    spend(work, 1);
    if (seen.has(identity)) return false;
    seen.add(identity);
  }
  return true;
}

function matches(pattern: LinearPattern, text: string, work: Work): boolean {
  spend(work, 1 + (text.length / CHARACTERS_PER_STEP) * Math.max(1, pattern.size / 16));
  return pattern.test(text);
}

/** Characters as people count them: a surrogate pair is one. */
function lengthOf(text: string, work: Work): number {
  spend(work, text.length / CHARACTERS_PER_STEP);
  let length = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next <= 0xdfff) {
        length--;
        i++;
      }
    }
  }
  return length;
}

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
const emptySeen = (): Seen => ({ names: new Set(), allNames: false, items: new Set(), itemsUpTo: 0 });

function addSeen(to: Seen, from: Seen): void {
  for (const name of from.names) to.names.add(name);
  for (const item of from.items) to.items.add(item);
  to.allNames ||= from.allNames;
  to.itemsUpTo = Math.max(to.itemsUpTo, from.itemsUpTo);
}

/**
 * Whether a value is valid. Throws OutOfSteps when the work is up, and TooManyErrors when enough of them have been
 * written to `work.errors`. `seen`, when given, learns what was looked at.
 */
export function evaluate(
  node: SchemaNode,
  value: unknown,
  place: Place,
  work: Work,
  seen: Seen | null,
): boolean {
  spend(work, 1);
  if (node === true) return true;
  if (node === false) return fault(work, place, "is not allowed here");
  const needsSeen = node.unevaluatedProperties !== undefined || node.unevaluatedItems !== undefined;
  const own = needsSeen || seen ? emptySeen() : null;
  const keepGoing = work.errors !== null;
  let valid = checkScalar(node, value, place, work);
  if (!valid && !keepGoing) return false;
  valid = checkApplicators(node, value, place, work, own) && valid;
  if (!valid && !keepGoing) return false;
  if (Array.isArray(value)) valid = checkItems(node, value, place, work, own) && valid;
  else if (isObject(value)) valid = checkMembers(node, value, place, work, own) && valid;
  if (valid && seen && own) addSeen(seen, own);
  return valid;
}

/** Writes the fault down when faults are wanted; always false. */
function fault(work: Work, place: Place, message: string): false {
  if (work.errors) {
    if (work.errors.length >= work.most) throw new TooManyErrors();
    const path = pointer(place);
    spend(work, 1 + path.length / 8);
    work.errors.push({ path, message });
  }
  return false;
}

const listed = (values: readonly unknown[]): string => {
  const text = JSON.stringify(values.slice(0, 20)).slice(1, -1).replaceAll('","', '", "');
  return values.length > 20 || text.length > 200 ? "one of the listed values" : `one of ${text}`;
};

function checkScalar(rules: SchemaRules, value: unknown, place: Place, work: Work): boolean {
  let valid = true;
  const check = (right: boolean, message: () => string) => {
    if (!right) valid = work.errors ? fault(work, place, message()) : false;
  };
  const { types, format } = rules;
  if (types && !types.some((type) => isType(type, value))) {
    return fault(work, place, `must be ${types.join(" or ")}`);
  }
  if (rules.enum) {
    const all = rules.enum;
    check(
      all.some((one) => equals(one, value, work)),
      () => `must be ${listed(all)}`,
    );
  }
  if (rules.const) {
    const { value: wanted } = rules.const;
    check(equals(wanted, value, work), () => `must be ${JSON.stringify(wanted).slice(0, 200)}`);
  }
  if (format !== undefined) {
    if (typeof value === "string") spend(work, 1 + value.length / CHARACTERS_PER_STEP);
    check(FORMATS.get(format)?.(value) ?? false, () => `must be in the format ${format}`);
  }
  if (typeof value === "string") checkText(rules, value, work, check);
  else if (typeof value === "number") checkNumber(rules, value, check);
  return valid;
}

type Check = (right: boolean, message: () => string) => void;

function checkText(
  { minLength, maxLength, pattern }: SchemaRules,
  text: string,
  work: Work,
  check: Check,
): void {
  if (minLength !== undefined || maxLength !== undefined) {
    const length = lengthOf(text, work);
    check(length >= (minLength ?? 0), () => `must have at least ${plural(minLength ?? 0, "character")}`);
    check(length <= (maxLength ?? length), () => `must have at most ${plural(maxLength ?? 0, "character")}`);
  }
  if (pattern) check(matches(pattern, text, work), () => `must match ${pattern.source.slice(0, 200)}`);
}

function checkNumber(rules: SchemaRules, value: number, check: Check): void {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = rules;
  if (minimum !== undefined) check(value >= minimum, () => `must be ${minimum} or more`);
  if (maximum !== undefined) check(value <= maximum, () => `must be ${maximum} or less`);
  if (above !== undefined) check(value > above, () => `must be more than ${above}`);
  if (below !== undefined) check(value < below, () => `must be less than ${below}`);
  if (multipleOf !== undefined) {
    // 0.3 is a multiple of 0.1, although their quotient as computed is not whole.
    const times = value / multipleOf;
    check(Math.abs(times - Math.round(times)) <= 1e-10, () => `must be a multiple of ${multipleOf}`);
  }
}

/** Evaluates without writing faults down: for branches that need not hold. */
function holds(node: SchemaNode, value: unknown, place: Place, work: Work, seen: Seen | null): boolean {
  const { errors } = work;
  work.errors = null;
  try {
    return evaluate(node, value, place, work, seen);
  } finally {
    work.errors = errors;
  }
}

/** Of several branches of which none holds, the faults of the one that comes furthest into the value. */
function nearestFaults(branches: readonly SchemaNode[], value: unknown, place: Place, work: Work): void {
  const { errors } = work;
  if (!errors) return;
  let nearest: ErrorDetail[] = [];
  let best = -1;
  for (const branch of branches) {
    const own: ErrorDetail[] = [];
    work.errors = own;
    try {
      evaluate(branch, value, place, work, null);
    } catch (error) {
      if (!(error instanceof TooManyErrors)) throw error;
    } finally {
      work.errors = errors;
    }
    const depth = Math.max(...own.map(({ path }) => path.length));
    if (depth > best || (depth === best && own.length < nearest.length)) {
      best = depth;
      nearest = own;
    }
  }
  if (best <= pointer(place).length) return;
  for (const { path, message } of nearest.slice(0, NEAREST_FAULTS)) {
    if (errors.length >= work.most) throw new TooManyErrors();
    errors.push({ path, message });
  }
}

function checkApplicators(
  rules: SchemaRules,
  value: unknown,
  place: Place,
  work: Work,
  seen: Seen | null,
): boolean {
  const stops = () => !valid && work.errors === null;
  let valid = true;
  if (rules.ref !== undefined) valid = evaluate(rules.ref, value, place, work, seen);
  for (const each of rules.allOf ?? []) {
    if (stops()) return false;
    valid = evaluate(each, value, place, work, seen) && valid;
  }
  if (stops()) return false;
  if (rules.anyOf) {
    let some = false;
    for (const each of rules.anyOf) {
      if (holds(each, value, place, work, seen)) some = true;
      if (some && !seen) break;
    }
    if (!some) {
      valid = fault(work, place, `matches none of the ${plural(rules.anyOf.length, "alternative")}`);
      nearestFaults(rules.anyOf, value, place, work);
    }
  }
  if (stops()) return false;
  if (rules.oneOf) {
    let amount = 0;
    for (const each of rules.oneOf) {
      if (holds(each, value, place, work, seen)) amount++;
      if (amount > 1) break;
    }
    if (amount !== 1) {
      const many = plural(rules.oneOf.length, "alternative");
      const what = amount === 0 ? `matches none of the ${many}` : `matches more than one of the ${many}`;
      valid = fault(work, place, what);
      if (amount === 0) nearestFaults(rules.oneOf, value, place, work);
    }
  }
  if (stops()) return false;
  if (rules.not !== undefined && holds(rules.not, value, place, work, null)) {
    valid = fault(work, place, "is what is not allowed here");
  }
  if (stops()) return false;
  if (rules.if !== undefined) {
    const branch = holds(rules.if, value, place, work, seen) ? rules.then : rules.else;
    if (branch !== undefined) valid = evaluate(branch, value, place, work, seen) && valid;
  }
  return valid;
}

function checkItems(
  rules: SchemaRules,
  items: readonly unknown[],
  place: Place,
  work: Work,
  seen: Seen | null,
): boolean {
  const { minItems, maxItems, prefixItems, contains } = rules;
  const each = (node: SchemaNode, position: number) =>
    evaluate(node, items[position], { parent: place, key: position }, work, null);
  let valid = true;
  if (minItems !== undefined && items.length < minItems) {
    valid = fault(work, place, `must have at least ${plural(minItems, "item")}`);
  }
  if (maxItems !== undefined && items.length > maxItems) {
    valid = fault(work, place, `must have at most ${plural(maxItems, "item")}`);
  }
  if (rules.uniqueItems && !areUnique(items, work)) {
    valid = fault(work, place, "must not hold the same item twice");
  }
  const named = Math.min(prefixItems?.length ?? 0, items.length);
  for (let position = 0; position < named; position++) {
    if (!valid && !work.errors) return false;
    valid = each(prefixItems?.[position] as SchemaNode, position) && valid;
  }
  if (rules.items !== undefined && rules.items !== true) {
    for (let position = named; position < items.length; position++) {
      if (!valid && !work.errors) return false;
      valid = each(rules.items, position) && valid;
    }
  }
  if (seen) seen.itemsUpTo = Math.max(seen.itemsUpTo, rules.items === undefined ? named : items.length);
  if (contains !== undefined) {
    const least = rules.minContains ?? 1;
    let found = 0;
    for (let position = 0; position < items.length; position++) {
      if (!holds(contains, items[position], { parent: place, key: position }, work, null)) continue;
      found++;
      seen?.items.add(position);
    }
    if (found < least) valid = fault(work, place, `must contain ${plural(least, "item")} of the wanted kind`);
    if (rules.maxContains !== undefined && found > rules.maxContains) {
      const most = plural(rules.maxContains, "item");
      valid = fault(work, place, `must contain at most ${most} of the wanted kind`);
    }
  }
  if (rules.unevaluatedItems !== undefined && seen) {
    for (let position = seen.itemsUpTo; position < items.length; position++) {
      if (!seen.items.has(position)) valid = each(rules.unevaluatedItems, position) && valid;
    }
    seen.itemsUpTo = items.length;
  }
  return valid;
}

function checkMembers(
  rules: SchemaRules,
  value: Record<string, unknown>,
  place: Place,
  work: Work,
  seen: Seen | null,
): boolean {
  const { properties, patternProperties, additionalProperties } = rules;
  let valid = checkNames(rules, value, place, work);
  if (!valid && !work.errors) return false;
  const at = (name: string): Place => ({ parent: place, key: name });
  for (const [name, node] of properties ?? []) {
    if (!Object.hasOwn(value, name)) {
      spend(work, 0.1);
      continue;
    }
    valid = evaluate(node, value[name], at(name), work, null) && valid;
    seen?.names.add(name);
    if (!valid && !work.errors) return false;
  }
  if (patternProperties || additionalProperties !== undefined || rules.propertyNames !== undefined) {
    for (const name of Object.keys(value)) {
      spend(work, 1);
      let known = properties?.has(name) ?? false;
      for (const [pattern, node] of patternProperties ?? []) {
        if (!matches(pattern, name, work)) continue;
        known = true;
        seen?.names.add(name);
        valid = evaluate(node, value[name], at(name), work, null) && valid;
      }
      if (!known && additionalProperties !== undefined) {
        valid = evaluate(additionalProperties, value[name], at(name), work, null) && valid;
      }
      if (rules.propertyNames !== undefined && !holds(rules.propertyNames, name, at(name), work, null)) {
        valid = fault(work, at(name), "is not a name that is allowed here");
      }
      if (!valid && !work.errors) return false;
    }
    if (seen && additionalProperties !== undefined) seen.allNames = true;
  }
  for (const [name, node] of rules.dependentSchemas ?? []) {
    if (Object.hasOwn(value, name)) valid = evaluate(node, value, place, work, seen) && valid;
  }
  if (rules.unevaluatedProperties !== undefined && seen && !seen.allNames) {
    for (const name of Object.keys(value)) {
      if (!seen.names.has(name)) {
        valid = evaluate(rules.unevaluatedProperties, value[name], at(name), work, null) && valid;
      }
    }
    seen.allNames = true;
  }
  return valid;
}

function checkNames(rules: SchemaRules, value: Record<string, unknown>, place: Place, work: Work): boolean {
  const { minProperties, maxProperties, required, dependentRequired } = rules;
  let valid = true;
  for (const name of required ?? []) {
    spend(work, 0.1);
    if (!Object.hasOwn(value, name)) valid = fault(work, { parent: place, key: name }, "is required");
  }
  for (const [name, others] of dependentRequired ?? []) {
    if (!Object.hasOwn(value, name)) continue;
    for (const other of others) {
      if (!Object.hasOwn(value, other)) {
        valid = fault(work, { parent: place, key: other }, `is required together with ${name}`);
      }
    }
  }
  if (minProperties !== undefined || maxProperties !== undefined) {
    const amount = Object.keys(value).length;
    spend(work, amount / 8);
    if (amount < (minProperties ?? 0)) {
      valid = fault(work, place, `must have at least ${minProperties} members`);
    }
    if (amount > (maxProperties ?? amount)) {
      valid = fault(work, place, `must have at most ${maxProperties} members`);
    }
  }
  return valid;
}
