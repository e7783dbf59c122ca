import type { PayloadChange } from "#lib/jobs/schema.ts";
import { PayloadChangeList } from "./payload-change.tsx";

/** How somebody changed the payload before a retry, folded; masked values stay masked. */
export function PayloadDifference({ change }: { change: PayloadChange }) {
  const { length } = change.changes;
  return (
    <details className="mt-1">
      <summary className="w-fit cursor-pointer text-muted text-xs hover:text-text">
        with another payload: {length === 1 ? "1 change" : `${length} changes`}
      </summary>
      <PayloadChangeList change={change} />
    </details>
  );
}
