"use client";
import { FindingList } from "#components/ui/finding-list.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { paths } from "#lib/paths.ts";
import type { FindingsSummary } from "#lib/publishing/schema.ts";
import { type Accepted, asksByCode, toAccept, warningCodes } from "./accepted.ts";

/** As many of each as one can read; whoever has mended these sees the next. */
const MOST = 50;

/** What lint says before publishing: errors that block it, and warnings to accept or to mend. */
export function Findings({
  tenant,
  findings,
  accepted,
  onAccepted,
}: {
  tenant: string;
  findings: FindingsSummary;
  accepted: Accepted;
  onAccepted: (accepted: Accepted) => void;
}) {
  const linkTo = (routeId: string) => paths.route(tenant, routeId);
  const errors = findings.data.filter(({ severity }) => severity === "error").slice(0, MOST);
  const warnings = findings.data.filter(({ severity }) => severity === "warning");
  const accept = (keys: readonly string[], yes: boolean) => {
    const next = new Set(accepted);
    for (const key of keys) {
      if (yes) next.add(key);
      else next.delete(key);
    }
    onAccepted(next);
  };
  const all = toAccept(findings);
  const count = (amount: number) => amount.toLocaleString("en");
  return (
    <div className="mb-8 space-y-3 empty:hidden">
      {findings.errors > 0 ? (
        <Notice
          tone="bad"
          title={`${count(findings.errors)} ${findings.errors === 1 ? "error stands" : "errors stand"} in the way of publishing`}
        >
          <div className="mt-2">
            <FindingList findings={errors} linkTo={linkTo} />
          </div>
          {findings.errors > errors.length ? (
            <p className="mt-2">And {count(findings.errors - errors.length)} more.</p>
          ) : null}
        </Notice>
      ) : null}
      {findings.asking > 0 ? (
        <Notice
          tone="warn"
          title={`${count(findings.asking)} ${findings.asking === 1 ? "warning asks" : "warnings ask"} for a decision: mend it, or publish with it`}
        >
          <div className="mt-2 space-y-2">
            {asksByCode(findings) ? (
              warningCodes(findings).map((one) => (
                <Checkbox
                  key={one.code}
                  checked={accepted.has(one.code)}
                  onCheckedChange={(yes) => accept([one.code], yes)}
                  label={`Publish with all ${count(one.count)} warnings of the kind “${one.code}”`}
                />
              ))
            ) : (
              <>
                {warnings.length > 1 ? (
                  <Checkbox
                    checked={all.every((key) => accepted.has(key))}
                    onCheckedChange={(yes) => accept(all, yes)}
                    label={`Publish with all ${count(warnings.length)} warnings`}
                  />
                ) : null}
                <FindingList
                  findings={warnings}
                  linkTo={linkTo}
                  accepted={accepted}
                  onAccept={(key, yes) => accept([key], yes)}
                />
              </>
            )}
            {asksByCode(findings) ? <FindingList findings={warnings.slice(0, MOST)} linkTo={linkTo} /> : null}
          </div>
        </Notice>
      ) : null}
    </div>
  );
}
