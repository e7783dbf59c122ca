import { stringify } from "yaml";
import { breath } from "../breath.ts";
import { type JsonObject, objectAt } from "../read/json.ts";

const OPTIONS = { aliasDuplicateObjects: false, lineWidth: 0 } as const;

/** The document as YAML, written path by path: writing all of a large one at once would hold everybody else up. */
export async function toYaml(document: JsonObject): Promise<string> {
  const { paths: _paths, components, ...head } = document;
  const parts = [stringify(head, OPTIONS), "paths:\n"];
  const pause = breath();
  const entries = Object.entries(objectAt(document, "paths"));
  for (const [template, item] of entries) {
    parts.push(stringify({ [template]: item }, OPTIONS).replace(/^(?=.)/gm, "  "));
    if (pause.due()) await pause.take();
  }
  if (entries.length === 0) parts.push("  {}\n");
  parts.push(stringify({ components }, OPTIONS));
  return parts.join("");
}
