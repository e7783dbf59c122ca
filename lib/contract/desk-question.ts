import { lookAt } from "./pasted-key.ts";
import { isUuid } from "./uuid.ts";

/**
 * What somebody typed or pasted at the desk. A whole key stays where it was typed: only its hash may be sent, and what
 * is `wrong` is not sent at all.
 */
export type Question =
  | { kind: "nothing" }
  | { kind: "wrong"; why: string }
  | { kind: "key"; key: string }
  | { kind: "id"; id: string }
  /** How a key begins, how it ends, or both, as lists show it: `gh_abcdef…wxyz`. */
  | { kind: "key-part"; begins: string; lastFour: string | null }
  | { kind: "text"; text: string; lastFour: string | null };

const SHOWN_KEY = /^(gh_[A-Za-z0-9_-]{2,6})(?:(?:\s*(?:…|\.{2,}|\*+|•+)\s*|\s+)([A-Za-z0-9_-]{4}))?$/;
/** Ids of requests may be long; those that are only hexadecimal digits cannot be a secret of ours. */
const HEX = /^[0-9a-f-]{40,}$/i;

/** Tells ids, parts of keys and names of tenants from whole keys and other secrets. */
export function readQuestion(given: string): Question {
  const text = given.trim();
  if (text === "") return { kind: "nothing" };
  const [, begins, lastFour = null] = SHOWN_KEY.exec(text) ?? [];
  if (begins) return { kind: "key-part", begins, lastFour };
  if (/^gh_.?$/.test(text)) {
    return { kind: "wrong", why: "Every key begins like this: type at least two more characters." };
  }
  const looked = lookAt(text);
  if (looked.kind === "key" || looked.kind === "nothing") return looked;
  if (looked.kind === "id" && isUuid(looked.id)) return { kind: "id", id: looked.id };
  if (looked.kind === "wrong" && !HEX.test(text)) return looked;
  return {
    kind: "text",
    text: text.slice(0, 200),
    lastFour: /^[A-Za-z0-9_-]{4}$/.test(text) ? text : null,
  };
}

/** Whether what was typed must stay out of addresses. */
export const holdsSecret = (text: string): boolean => {
  const { kind } = readQuestion(text);
  return kind === "key" || kind === "wrong";
};
