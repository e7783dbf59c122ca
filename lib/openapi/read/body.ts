import { isObject, member, objectAt } from "./json.ts";
import type { CheckSchema, SchemaReader } from "./json-schema.ts";
import { type Notes, Unusable } from "./notes.ts";
import { noteExamples } from "./parameters.ts";
import { down } from "./pointer.ts";
import { resolve } from "./resolve.ts";
import type { Source } from "./source.ts";

const isJson = (type: string) =>
  /^application\/(?:json|[a-z0-9.+-]+\+json)$/i.test(type.split(";")[0]?.trim() ?? "");

/** The schema of the operation's JSON body; null when it describes none. Other kinds of body are listed. */
export function readBodySchema(
  source: Source,
  operation: unknown,
  pointer: string,
  schemas: SchemaReader,
  notes: Notes,
): CheckSchema | null {
  const given = member(operation, "requestBody");
  if (given === undefined) return null;
  const { value, pointer: at } = resolve(source, given, down(pointer, "requestBody"));
  if (!isObject(value)) throw new Unusable(at, "is not a request body");
  const content = objectAt(value, "content");
  const types = Object.keys(content);
  const exact = types.find((type) => /^application\/json(?:\s*;|$)/i.test(type.trim()));
  const chosen = exact ?? types.find(isJson);
  for (const type of types) {
    if (type === chosen) continue;
    notes.add(
      "Media type",
      down(down(at, "content"), type),
      `a body of ${type.slice(0, 100)} is not checked`,
    );
  }
  if (chosen === undefined) return null;
  const media = member(content, chosen);
  const here = down(down(at, "content"), chosen);
  noteExamples(media, here, notes);
  if (member(media, "encoding") !== undefined)
    notes.add("Encoding", down(here, "encoding"), "encoding is not kept");
  if (member(media, "schema") === undefined) return null;
  if (types.length > 1) {
    notes.add("Media type", here, "only JSON is taken from callers, because the JSON body is checked");
  }
  if (member(value, "required") !== true) {
    notes.add("Optional body", at, "the body may be left out in this document; a checked body must be sent");
  }
  return schemas.standalone(member(media, "schema"), down(here, "schema"));
}
