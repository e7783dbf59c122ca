import type { PayloadChange } from "#lib/jobs/schema.ts";

const written = (value: unknown) => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/** How somebody changed the payload before a retry; masked values stay masked. */
export function PayloadDifference({ change }: { change: PayloadChange }) {
  return (
    <details className="mt-1">
      <summary className="cursor-default text-muted text-xs">
        with another payload: {change.changes.length === 1 ? "1 change" : `${change.changes.length} changes`}
      </summary>
      <ul className="mt-1 space-y-1 font-mono text-xs">
        {change.changes.map(({ path, before, after }) => (
          <li key={path} className="break-all">
            {path || "/"}: <del className="text-muted">{written(before)}</del> → {written(after)}
          </li>
        ))}
      </ul>
      {change.cut ? <p className="mt-1 text-muted text-xs">The values were too large to be kept.</p> : null}
    </details>
  );
}
