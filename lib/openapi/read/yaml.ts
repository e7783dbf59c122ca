import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from "yaml";
import { invalid } from "#lib/errors/domain-error.ts";
import { breath } from "../breath.ts";
import { MAX_DEPTH, MAX_YAML_CHARACTERS, MAX_YAML_NODES } from "../rules.ts";
import { isObject, type JsonObject } from "./json.ts";

type Refuse = (offset: number | undefined, message: string) => never;

/**
 * Reads YAML 1.2 (core schema) into plain JSON values. Tags of one's own, several documents, duplicate keys,
 * anchors that contain themselves or that multiply beyond what a document may hold are refused with line and
 * column. The parser is driven token by token so that it can pause.
 */
export async function parseYaml(text: string): Promise<unknown> {
  const lines = new LineCounter();
  const refuse: Refuse = (offset, message) => {
    const at = offset === undefined ? null : lines.linePos(offset);
    throw invalid(
      [{ path: "document", message: at ? `line ${at.line}, column ${at.col}: ${message}` : message }],
      "This is not a YAML or JSON document that can be read.",
    );
  };
  if (text.length > MAX_YAML_CHARACTERS) {
    refuse(
      undefined,
      `is not JSON, and as YAML it is longer than ${MAX_YAML_CHARACTERS.toLocaleString("en")} characters: send it as JSON`,
    );
  }
  const documents = await compose(text, lines, refuse);
  const [document] = documents;
  if (!document) return null;
  if (documents[1]) refuse(documents[1].range[0], "holds a second document");
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) refuse(problem.pos[0], problem.message);
  return toJson(document, refuse);
}

async function compose(text: string, lines: LineCounter, refuse: Refuse): Promise<Document.Parsed[]> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer<never, true>({ uniqueKeys: false, version: "1.2", schema: "core" } as never);
  const documents: Document.Parsed[] = [];
  const pause = breath();
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    offset += lexeme.length;
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > 3 * MAX_DEPTH) refuse(Math.min(offset, text.length), "is nested too deeply");
    if (documents.length > 1) break;
    if (pause.due()) await pause.take();
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  return documents;
}

/** Own properties whatever they are called, `__proto__` included, so that the checks that follow can see them. */
function put(object: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function toJson(document: Document.Parsed, refuse: Refuse): unknown {
  let nodes = 0;
  const open = new Set<unknown>();
  // Kept here, because the library looks through the whole document for each alias.
  const anchors = new Map<string, unknown>();
  let expanding = 0;

  const keyOf = (key: unknown, offset: number | undefined): string => {
    const value = isScalar(key) ? key.value : undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return refuse(offset, "has a key that is not a text");
  };

  const merge = (object: JsonObject, value: unknown, offset: number | undefined): void => {
    for (const source of Array.isArray(value) ? value.toReversed() : [value]) {
      if (!isObject(source)) {
        refuse(offset, "merges (<<) something that is not a mapping");
        continue;
      }
      for (const [name, merged] of Object.entries(source)) put(object, name, merged);
    }
  };

  const visit = (node: unknown, depth: number): unknown => {
    const offset = (node as { range?: [number] } | null)?.range?.[0];
    nodes += 1;
    if (nodes > MAX_YAML_NODES)
      refuse(offset, `holds more than ${MAX_YAML_NODES.toLocaleString("en")} values`);
    if (depth > MAX_DEPTH) refuse(offset, `is nested more than ${MAX_DEPTH} levels deep`);
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor && expanding === 0) anchors.set(anchor, node);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) return refuse(offset, `has no anchor &${node.source}`);
      if (open.has(target)) return refuse(offset, `the anchor &${node.source} contains itself`);
      expanding += 1;
      const value = visit(target, depth);
      expanding -= 1;
      return value;
    }
    if (isMap(node)) {
      open.add(node);
      const own: JsonObject = {};
      const merged: JsonObject = {};
      for (const { key, value } of node.items) {
        const at = (key as { range?: [number] } | null)?.range?.[0] ?? offset;
        const name = keyOf(key, at);
        if (name === "<<") {
          merge(merged, visit(value, depth + 1), at);
          continue;
        }
        if (Object.hasOwn(own, name)) refuse(at, `has the key ${JSON.stringify(name.slice(0, 80))} twice`);
        put(own, name, visit(value, depth + 1));
      }
      open.delete(node);
      for (const [name, value] of Object.entries(merged))
        if (!Object.hasOwn(own, name)) put(own, name, value);
      return own;
    }
    if (isSeq(node)) {
      open.add(node);
      const list = node.items.map((item) => visit(item, depth + 1));
      open.delete(node);
      return list;
    }
    const value = isScalar(node) ? node.value : null;
    if (typeof value === "number" && !Number.isFinite(value)) refuse(offset, "is not a number that JSON has");
    if (typeof value === "object" && value !== null) refuse(offset, "is not a value that JSON has");
    return value ?? null;
  };

  return visit(document.contents, 0);
}
