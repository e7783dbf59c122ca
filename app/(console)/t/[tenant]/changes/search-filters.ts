import { CHANGE_KINDS, type ChangeKind, EFFECTS, type Effect } from "#lib/publishing/rules.ts";

type Given = { q?: string | undefined; kind?: string | undefined; effect?: string | undefined };

/** The filters of a difference from an address; what is none of them counts as absent. */
export function filtersFrom({ q, kind, effect }: Given): {
  q?: string | undefined;
  kind?: ChangeKind | undefined;
  effect?: Effect | undefined;
} {
  return {
    q: q?.slice(0, 200),
    kind: CHANGE_KINDS.find((one) => one === kind),
    effect: EFFECTS.find((one) => one === effect),
  };
}
