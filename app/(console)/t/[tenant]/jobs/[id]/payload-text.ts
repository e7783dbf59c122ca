import { diff, type PatchOperation, unfold } from "#lib/contract/json-patch.ts";
import { MASK } from "#lib/contract/secret-names.ts";

/**
 * A payload as it is edited: a body that is JSON text is written out, so that nobody edits escaped quotes, and stands
 * first, for it is what people want to change. The order of members says nothing.
 */
export function textOfPayload(input: unknown): string {
  return JSON.stringify(withBody(input), null, 2);
}

function withBody(input: unknown): unknown {
  if (input === null || typeof input !== "object" || Array.isArray(input)) return unfold(input) ?? input;
  const { body, ...others } = input as Record<string, unknown>;
  const written = unfold(body);
  return written ? { body: written, ...others } : input;
}

export type Edited =
  | { ok: true; operations: PatchOperation[] }
  /** Why it cannot be sent, in words for the person. */
  | { ok: false; message: string };

const holdsMask = (operation: PatchOperation): boolean =>
  operation.path.includes(MASK) || ("value" in operation && JSON.stringify(operation.value).includes(MASK));

/** What was changed in the text, as the patch that is sent; hidden values that were left alone are not in it. */
export function editedPayload(input: unknown, text: string): Edited {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: `This is not JSON: ${(error as Error).message}` };
  }
  const operations = diff(input, value);
  const hidden = operations.find(holdsMask);
  if (hidden) {
    const place = hidden.path === "" ? "the payload" : hidden.path;
    return {
      ok: false,
      message: `The change at ${place} holds ${MASK}, which stands for a hidden value. Leave hidden values where they are, or write new ones.`,
    };
  }
  return { ok: true, operations };
}
