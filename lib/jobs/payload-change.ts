import { z } from "zod";
import type { PatchChange } from "#lib/contract/json-patch.ts";
import { MASK, type Masker } from "#lib/contract/masking.ts";
import type { PayloadChange } from "./schema.ts";

/** More than this is kept as paths only, so that a job's history stays light. */
const MAX_KEPT_BYTES = 64 * 1024;

const keptSchema = z.object({
  changes: z.array(
    z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
  ),
  checkedBy: z.object({ revision: z.int(), live: z.boolean() }).nullable(),
  cut: z.boolean(),
});

/** What a job's history keeps of a change to its payload. */
export function keptChange(changes: readonly PatchChange[], checkedBy: PayloadChange["checkedBy"]): string {
  const whole = JSON.stringify({ changes, checkedBy, cut: false });
  if (Buffer.byteLength(whole) <= MAX_KEPT_BYTES) return whole;
  return JSON.stringify({
    changes: changes.slice(0, 200).map(({ path }) => ({ path })),
    checkedBy,
    cut: true,
  });
}

/** A value as it is masked at its place in a payload; `listed`: numbers in the path are places in lists. */
function maskedAt(parts: readonly string[], value: unknown, masker: Masker, listed: boolean): unknown {
  const isPlace = (part: string) => listed && /^(\d+|-)$/.test(part);
  const nested = parts.reduceRight<unknown>(
    (inner, part) => (isPlace(part) ? [inner] : { [part]: inner }),
    value,
  );
  let at = masker.input(nested).value;
  for (const part of parts) {
    if (at === null || typeof at !== "object") return MASK;
    at = isPlace(part) ? (at as unknown[])[0] : (at as Record<string, unknown>)[part];
  }
  return at;
}

/** A kept change as it may be shown: what is hidden in the payload is hidden in its change. */
export function shownChange(kept: unknown, masker: Masker): PayloadChange | null {
  const read = keptSchema.safeParse(kept);
  if (!read.success) return null;
  const { changes, checkedBy, cut } = read.data;
  const shown = (path: string, value: unknown) => {
    const parts = path
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    // A number may be a place in a list or a member's name, and a rule may mean either.
    return maskedAt(parts, maskedAt(parts, value, masker, true), masker, false);
  };
  return {
    checkedBy,
    cut,
    changes: changes.map((change) => ({
      path: change.path,
      ...("before" in change ? { before: shown(change.path, change.before) } : {}),
      ...("after" in change ? { after: shown(change.path, change.after) } : {}),
    })),
  };
}
