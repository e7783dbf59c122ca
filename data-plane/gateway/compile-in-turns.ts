import { createHash, hash } from "node:crypto";
import {
  type CompiledRevision,
  compileRevision,
  createRevisionCompiler,
  unreadable,
} from "#lib/contract/compile.ts";
import { routeTexts } from "#lib/contract/revision-text.ts";
import { createTurns } from "./turns.ts";

const CHARACTERS_AT_ONCE = 262_144;
const HIGH_SURROGATE = /[\ud800-\udbff]/;

/** The SHA-256 of a text in hexadecimal, with turns for requests when it is long. */
export async function hashInTurns(text: string): Promise<string> {
  if (text.length <= CHARACTERS_AT_ONCE) return hash("sha256", text);
  const turns = createTurns();
  const digest = createHash("sha256");
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + CHARACTERS_AT_ONCE, text.length);
    if (end < text.length && HIGH_SURROGATE.test(text[end - 1] as string)) end++;
    digest.update(text.slice(start, end));
    start = end;
    if (turns.due()) await turns.give();
  }
  return digest.digest("hex");
}

function read(text: string): unknown[] {
  try {
    return JSON.parse(text) as unknown[];
  } catch (error) {
    throw unreadable(error);
  }
}

/**
 * Compiles a revision beside the requests of everybody else, however many routes it has: they never wait for more than
 * a few of them. Rejects with RevisionError when any part is not servable.
 */
export async function compileInTurns(content: string): Promise<CompiledRevision> {
  const turns = createTurns();
  const compiler = createRevisionCompiler();
  for (const text of routeTexts(content)) {
    if (text === null) return compileRevision(content); // not as a console writes it: read as one
    for (const route of read(text)) {
      compiler.add(route);
      if (turns.due()) await turns.give();
    }
  }
  return compiler.finish();
}
