import type { RouteFieldsInput } from "#lib/contract/route.ts";
import { EXTENSION } from "../extensions.ts";
import type { ImportTarget } from "../schema.ts";
import { readBodySchema } from "./body.ts";
import { isObject, type JsonObject, listAt, member, objectAt, textAt } from "./json.ts";
import type { SchemaReader } from "./json-schema.ts";
import { Notes, Unusable } from "./notes.ts";
import { noteParameter, parametersOf, readQuery } from "./parameters.ts";
import { type RoutePath, toRoutePath } from "./path-template.ts";
import { down } from "./pointer.ts";
import type { Placed } from "./resolve.ts";
import { readSecurity } from "./security.ts";
import type { Source } from "./source.ts";
import { targetFor } from "./target.ts";
import { clipLine, clipParagraph } from "./words.ts";

/** What the document states about a route; what it leaves out comes from the draft's route, or is the default. */
export type Stated = Partial<RouteFieldsInput>;

export type ReadOperation = {
  pointer: string;
  operationId: string | null;
  method: string;
  /** As the document spells it. */
  template: string;
  deprecated: boolean;
  stated: Stated;
  /** The route's id in the installation that exported the document. */
  id: string | null;
  /** All of the route is in the document, so nothing is taken from the draft or from the choices made here. */
  whole: boolean;
  notes: Notes;
  problem: { pointer: string; message: string } | null;
};

export type OperationChoices = { target: ImportTarget; pathPrefix: string; unsecured: "none" | "api-key" };
export type Context = { source: Source; schemas: SchemaReader; choices: OperationChoices };

/** What OpenAPI knows of an operation and a route does not. */
const LEFT_OUT: Record<string, [what: string, message: string]> = {
  callbacks: ["Callback", "callbacks are not kept"],
  servers: ["Server override", "the servers of one operation or path are not used"],
  externalDocs: ["External documentation", "links to documentation are not kept"],
};
const READ = new Set(
  [
    "operationId summary description tags deprecated parameters requestBody security responses $ref".split(
      " ",
    ),
    [EXTENSION.route, EXTENSION.partOf],
  ].flat(),
);

function noteMembers(value: JsonObject, pointer: string, read: ReadonlySet<string>, notes: Notes): void {
  for (const name of Object.keys(value)) {
    const at = down(pointer, name);
    const known = LEFT_OUT[name];
    if (known) {
      const inside = name === "callbacks" ? Object.keys(objectAt(value, name)) : [];
      if (inside.length === 0) notes.add(known[0], at, known[1]);
      for (const one of inside) notes.add(known[0], down(at, one), known[1]);
    } else if (!read.has(name)) {
      notes.add(
        name.startsWith("x-") ? "Extension" : "Unknown member",
        at,
        `${name.slice(0, 80)} is not known here`,
      );
    }
  }
}

function noteResponses(value: unknown, pointer: string, notes: Notes): void {
  for (const [status, response] of Object.entries(objectAt(value, "responses"))) {
    const at = down(down(pointer, "responses"), status);
    for (const name of Object.keys(objectAt(response, "headers"))) {
      notes.add(
        "Response header",
        down(down(at, "headers"), name),
        `the response header '${name}' is not checked`,
      );
    }
    for (const name of Object.keys(objectAt(response, "links"))) {
      notes.add("Link", down(down(at, "links"), name), "links between operations are not kept");
    }
  }
}

function words(value: JsonObject, item: unknown, pointer: string, notes: Notes): Stated {
  const stated: Stated = {};
  const summary = textAt(value, "summary") ?? textAt(item, "summary") ?? textAt(value, "operationId");
  if (summary !== undefined) stated.name = clipLine(summary, 120, down(pointer, "summary"), notes);
  const description = textAt(value, "description") ?? textAt(item, "description");
  if (description !== undefined) {
    stated.description = clipParagraph(description, 2_000, down(pointer, "description"), notes);
  }
  const deprecated = value.deprecated === true;
  if (member(value, "tags") === undefined && !deprecated) return stated;
  const tags = listAt(value, "tags")
    .filter((tag) => typeof tag === "string")
    .map((tag) => clipLine(tag, 64, down(pointer, "tags"), notes))
    .filter((tag) => tag !== "");
  if (deprecated && !tags.includes("deprecated")) {
    tags.push("deprecated");
    notes.add("Deprecated", down(pointer, "deprecated"), "it is given the tag 'deprecated'");
  }
  if (tags.length > 20) notes.add("Shortened", down(pointer, "tags"), "a route has at most 20 tags");
  stated.tags = tags.slice(0, 20);
  return stated;
}

/** Puts the common prefix before a path; `/` is the prefix itself. */
export const prefixed = (prefix: string, path: string): string =>
  prefix === "" ? path : path === "/" ? prefix : `${prefix}${path}`;

function read(context: Context, item: Placed, operation: Placed, path: RoutePath, into: ReadOperation): void {
  const { source, schemas, choices } = context;
  const { value, pointer } = operation;
  if (!isObject(value)) throw new Unusable(pointer, "is not an operation");
  const { notes } = into;
  const extension = member(value, EXTENSION.route);
  const own = isObject(extension) ? extension : {};
  into.whole = isObject(extension);
  into.id = textAt(own, "id") ?? null;
  noteMembers(value, pointer, READ, notes);
  noteResponses(value, pointer, notes);
  const parameters = parametersOf(source, item, operation);
  for (const parameter of parameters) noteParameter(parameter, into.whole, notes);
  const body = readBodySchema(source, value, pointer, schemas, notes);
  const query = readQuery(source, parameters, schemas, pointer, notes);
  const auth = readSecurity(source, value, pointer, notes);
  into.stated = { ...words(value, item.value, pointer, notes) };
  if (auth) into.stated.auth = auth;
  else if (!into.whole) into.stated.auth = { mode: choices.unsecured };
  if (body !== null || query !== null) into.stated.validation = { body, query };
  const { id: _id, ...rest } = own;
  into.stated = { ...into.stated, ...rest };
  if (!into.whole) into.stated.target = targetFor(choices.target, path, into, pointer);
}

/** Reads one operation of a path item. Never throws: what is in the way of a route is its `problem`. */
export function readOperation(
  context: Context,
  template: string,
  item: Placed,
  method: string,
): ReadOperation {
  const pointer = down(item.pointer, method);
  const value = member(item.value, method);
  const result: ReadOperation = {
    pointer,
    operationId: textAt(value, "operationId") ?? null,
    method: method.toUpperCase(),
    template,
    deprecated: member(value, "deprecated") === true,
    stated: {},
    id: null,
    whole: false,
    notes: new Notes(),
    problem: null,
  };
  try {
    if (method === "trace") throw new Unusable(pointer, "TRACE requests cannot be routed");
    const path = toRoutePath(template, item.pointer, result.notes);
    read(context, item, { value, pointer }, path, result);
    const given = typeof result.stated.path === "string" ? result.stated.path : path.path;
    result.stated = {
      method: result.method as never,
      ...result.stated,
      path: prefixed(context.choices.pathPrefix, given),
    };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    result.problem = { pointer: error.pointer, message: error.message };
  }
  return result;
}
