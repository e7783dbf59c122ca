"use client";
import type { PayloadChange } from "#lib/jobs/schema.ts";

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** How somebody changed a job's payload, place by place: what was there, and what is there now. */
export function PayloadChangeList({
  change,
}: {
  change: Pick<PayloadChange, "changes"> & Partial<PayloadChange>;
}) {
  const { changes, checkedBy, cut } = change;
  return (
    <div className="mt-1.5 rounded-md border bg-surface px-3 py-2 text-sm">
      <ul className="space-y-1">
        {changes.map((each) => (
          <li key={`${each.path} ${textOf(each.after)}`} className="wrap-anywhere font-mono text-xs">
            <span className="text-muted">{each.path || "the whole payload"}</span>{" "}
            {"before" in each ? (
              <del className="bg-bad-tint px-0.5 text-bad no-underline">
                <span className="sr-only">was </span>
                {textOf(each.before)}
              </del>
            ) : null}{" "}
            {"after" in each ? (
              <ins className="bg-ok-tint px-0.5 text-ok no-underline">
                <span className="sr-only">now </span>
                {textOf(each.after)}
              </ins>
            ) : cut ? null : (
              <span className="text-muted">removed</span>
            )}
          </li>
        ))}
      </ul>
      {cut ? <p className="mt-1 text-muted text-xs">The values were too large to be kept.</p> : null}
      {checkedBy ? (
        <p className="mt-1 text-muted text-xs">
          Held against the route’s schema in r{checkedBy.revision}
          {checkedBy.live ? ", live then" : ", which made the job"}.
        </p>
      ) : null}
    </div>
  );
}
