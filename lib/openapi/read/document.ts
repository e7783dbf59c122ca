import { invalid } from "#lib/errors/domain-error.ts";
import { breath } from "../breath.ts";
import { EXTENSION, OPERATION_METHODS } from "../extensions.ts";
import { MAX_OPERATIONS } from "../rules.ts";
import type { ImportTarget } from "../schema.ts";
import { isObject, type JsonObject, listAt, member, objectAt, textAt } from "./json.ts";
import { SchemaReader } from "./json-schema.ts";
import { Notes, Unusable } from "./notes.ts";
import {
  type Context,
  type OperationChoices,
  prefixed,
  type ReadOperation,
  readOperation,
} from "./operation.ts";
import { down, place } from "./pointer.ts";
import { type Placed, resolve } from "./resolve.ts";
import type { Source } from "./source.ts";
import { readServers, type Server, suggestedTarget } from "./target.ts";

export type ReadDocument = {
  openapi: string;
  title: string;
  servers: Server[];
  target: ImportTarget;
  operations: ReadOperation[];
  notes: Notes;
};
export type Choices = Omit<OperationChoices, "target"> & { target: ImportTarget | null };

const METHODS = new Set<string>([...OPERATION_METHODS, "trace"]);
const ITEM_READ = new Set(["$ref", "summary", "description", "parameters", EXTENSION.routes]);
const ROOT_READ = new Set(["openapi", "info", "servers", "paths", "components", "security", EXTENSION.about]);

/** Lists what the document says at its top and a set of routes has no place for. */
function noteRoot(root: JsonObject, notes: Notes): void {
  const info = objectAt(root, "info");
  const about = Object.keys(info).filter((name) => name !== "title" && name !== "version");
  if (about.length > 0) notes.add("About the API", "/info", `not kept: ${about.slice(0, 10).join(", ")}`);
  for (const name of Object.keys(objectAt(root, "webhooks"))) {
    notes.add("Webhook", down("/webhooks", name), "webhooks are requests that the API makes, not routes");
  }
  for (const [index, tag] of listAt(root, "tags").entries()) {
    const extra = Object.keys(isObject(tag) ? tag : {}).filter((name) => name !== "name");
    if (extra.length > 0) notes.add("Tag description", down("/tags", index), "only a tag's name is kept");
  }
  for (const name of Object.keys(root)) {
    if (ROOT_READ.has(name) || name === "webhooks" || name === "tags" || name === "jsonSchemaDialect")
      continue;
    const what =
      name === "externalDocs"
        ? "External documentation"
        : name.startsWith("x-")
          ? "Extension"
          : "Unknown member";
    notes.add(what, down("", name), `${name.slice(0, 80)} is not kept`);
  }
  const dialect = textAt(root, "jsonSchemaDialect");
  if (dialect !== undefined) {
    notes.add("Schema dialect", "/jsonSchemaDialect", "schemas are read as JSON Schema 2020-12");
  }
}

function noteItem(item: Placed, notes: Notes): void {
  if (!isObject(item.value)) return;
  for (const name of Object.keys(item.value)) {
    if (METHODS.has(name) || ITEM_READ.has(name)) continue;
    const what =
      name === "servers" ? "Server override" : name.startsWith("x-") ? "Extension" : "Unknown member";
    notes.add(what, down(item.pointer, name), `${name.slice(0, 80)} is not known here`);
  }
}

/** Whole routes that an export put beside the operations. */
function wholeRoutes(item: Placed, template: string, prefix: string): ReadOperation[] {
  return listAt(item.value, EXTENSION.routes).map((route, index) => {
    const { id, path, ...rest } = isObject(route) ? route : {};
    return {
      pointer: down(down(item.pointer, EXTENSION.routes), index),
      operationId: null,
      method: textAt(route, "method") ?? "",
      template,
      deprecated: false,
      stated: {
        ...rest,
        path: typeof path === "string" ? prefixed(prefix, path) : path,
      } as ReadOperation["stated"],
      id: typeof id === "string" ? id : null,
      whole: true,
      notes: new Notes(),
      problem: null,
    };
  });
}

function operationsOf(context: Context, template: string, given: unknown, notes: Notes): ReadOperation[] {
  const pointer = down("/paths", template);
  let item: Placed;
  try {
    item = resolve(context.source, given, pointer);
    if (!isObject(item.value)) throw new Unusable(pointer, "is not a path item");
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw invalid(
      [{ path: place(error.pointer), message: error.message }],
      "This document cannot be imported.",
    );
  }
  // Pointers name the place under /paths, so that two paths that share one item stay apart.
  const here = { value: item.value, pointer };
  noteItem(here, notes);
  const whole = wholeRoutes(here, template, context.choices.pathPrefix);
  const shown = new Set(whole.map(({ id }) => id));
  const own = Object.keys(item.value)
    .filter((name) => METHODS.has(name))
    .filter((name) => !shown.has(textAt(member(item.value, name), EXTENSION.partOf) ?? ""))
    .map((method) => readOperation(context, template, here, method));
  return [...own, ...whole];
}

function countOperations(paths: JsonObject): number {
  let count = 0;
  for (const item of Object.values(paths)) {
    if (isObject(item)) for (const name of Object.keys(item)) if (METHODS.has(name)) count += 1;
    count += listAt(item, EXTENSION.routes).length;
  }
  return count;
}

/**
 * Reads every operation of a document as what it states about a route. Throws `invalid_input` when there are more
 * than an import may hold; what is wrong with one operation is that operation's `problem`.
 */
export async function readDocument(source: Source, choices: Choices): Promise<ReadDocument> {
  const notes = new Notes();
  const paths = objectAt(source.root, "paths");
  const count = countOperations(paths);
  if (count > MAX_OPERATIONS) {
    throw invalid(
      [
        {
          path: place("/paths"),
          message: `describes ${count.toLocaleString("en")} operations; one import takes at most ${MAX_OPERATIONS.toLocaleString("en")}`,
        },
      ],
      "This document is too large for one import.",
    );
  }
  noteRoot(source.root, notes);
  const servers = readServers(source, notes);
  const target = choices.target ?? suggestedTarget(servers);
  const context = { source, schemas: new SchemaReader(source, notes), choices: { ...choices, target } };
  const operations: ReadOperation[] = [];
  const pause = breath();
  for (const [template, item] of Object.entries(paths)) {
    if (template.startsWith("x-")) notes.add("Extension", down("/paths", template), "is not known here");
    else operations.push(...operationsOf(context, template, item, notes));
    if (pause.due()) await pause.take();
  }
  if (operations.length > MAX_OPERATIONS) {
    // Paths that share an item by reference add up only now.
    throw invalid([{ path: place("/paths"), message: `describes more than ${MAX_OPERATIONS} operations` }]);
  }
  if (operations.some(({ pointer }) => !pointer.includes(EXTENSION.routes))) {
    notes.add("Responses", "/paths", "what the target answers is not checked; responses are not kept");
  }
  const info = objectAt(source.root, "info");
  return {
    openapi: String(source.root.openapi),
    title: textAt(info, "title")?.slice(0, 200) ?? "",
    servers,
    target,
    operations,
    notes,
  };
}
