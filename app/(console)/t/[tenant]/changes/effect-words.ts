import type { Tone } from "#components/ui/badge.tsx";
import { EFFECTS, type Effect } from "#lib/publishing/rules.ts";

const routes = (count: number, one: string, many: string) =>
  `${count.toLocaleString("en")} ${count === 1 ? `route ${one}` : `routes ${many}`}`;

type Words = { tone: Tone; badge: string; summary: (count: number) => string };

/** What each effect is called beside a change, and how many changes with it are summed up. */
export const EFFECT_WORDS: Record<Effect, Words> = {
  "becomes-public": {
    tone: "warn",
    badge: "Becomes public",
    summary: (count) => routes(count, "becomes public", "become public"),
  },
  "no-longer-public": {
    tone: "bad",
    badge: "No longer public",
    summary: (count) => routes(count, "stops being public", "stop being public"),
  },
  appears: {
    tone: "neutral",
    badge: "Starts to answer",
    summary: (count) => routes(count, "starts to answer", "start to answer"),
  },
  disappears: {
    tone: "bad",
    badge: "Disappears",
    summary: (count) => routes(count, "disappears", "disappear"),
  },
  moves: {
    tone: "bad",
    badge: "Moves",
    summary: (count) => `${routes(count, "moves", "move")}; callers of the old address lose it`,
  },
  "more-callers": {
    tone: "warn",
    badge: "More callers",
    summary: (count) => routes(count, "lets more callers in", "let more callers in"),
  },
  "fewer-callers": {
    tone: "bad",
    badge: "Fewer callers",
    summary: (count) => routes(count, "lets fewer callers in", "let fewer callers in"),
  },
  limit: {
    tone: "neutral",
    badge: "Limit",
    summary: (count) => routes(count, "changes its limit", "change their limit"),
  },
};

/** The effects that there are, the gravest first. */
export const effectsByGravity = (effects: readonly Effect[]): Effect[] => {
  const weight = { bad: 0, warn: 1, busy: 2, neutral: 2, ok: 2 } satisfies Record<Tone, number>;
  return EFFECTS.filter((effect) => effects.includes(effect)).sort(
    (a, b) => weight[EFFECT_WORDS[a].tone] - weight[EFFECT_WORDS[b].tone],
  );
};

type Counts = { total: number; added: number; changed: number; removed: number };

/** "2 added, 1 changed": what kinds there are, in a line. */
export function summarize(counts: Counts): string {
  const kinds = ["added", "changed", "removed"] as const;
  const words = kinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind].toLocaleString("en")} ${kind}`);
  return words.length ? words.join(", ") : "nothing";
}

/** "3 changes", "1 change". */
export const countChanges = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "change" : "changes"}`;

/** "live", "the draft", "r41": one side of a difference. */
export const sideName = (side: "live" | "draft" | number): string =>
  side === "live" ? "what is live" : side === "draft" ? "the draft" : `r${side}`;
