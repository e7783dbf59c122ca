import { Badge } from "#components/ui/badge.tsx";
import { type Difference, differences } from "#lib/audit-log/rules.ts";

const WORDS = { added: "added", removed: "removed", changed: "changed" } as const;
const TONES = { added: "ok", removed: "bad", changed: "busy" } as const;

const shown = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value, null, 2);

/** What an entry changed, field by field. */
export function DifferenceTable({ before, after }: { before: unknown; after: unknown }) {
  const all = differences(before ?? null, after ?? null);
  if (all.length === 0) return <p className="text-muted">It changed nothing that is written down here.</p>;
  return (
    <ul className="border-t" aria-label="What changed">
      {all.map((one) => (
        <li
          key={`${one.path} ${one.kind}`}
          className="grid gap-x-4 gap-y-1 border-b py-2 sm:grid-cols-[12rem_1fr]"
        >
          <p className="flex items-start justify-between gap-2">
            <span className="min-w-0 wrap-anywhere font-mono text-xs leading-5">{one.path || "value"}</span>
            <Badge tone={TONES[one.kind]}>{WORDS[one.kind]}</Badge>
          </p>
          <div className="grid min-w-0 gap-1">
            <Side difference={one} side="before" />
            <Side difference={one} side="after" />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Side({ difference, side }: { difference: Difference; side: "before" | "after" }) {
  const value = difference[side];
  if (value === undefined) return null;
  const was = side === "before";
  return (
    <p className={`flex gap-2 rounded px-2 py-1 ${was ? "bg-bad-tint" : "bg-ok-tint"}`}>
      <span aria-hidden className="select-none font-mono">
        {was ? "−" : "+"}
      </span>
      <span className="sr-only">{was ? "before:" : "after:"}</span>
      <span className="wrap-anywhere min-w-0 whitespace-pre-wrap font-mono text-xs leading-5">
        {shown(value)}
      </span>
    </p>
  );
}
