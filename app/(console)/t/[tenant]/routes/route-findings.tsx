"use client";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { FindingExplanation } from "#components/ui/finding-explanation.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { paths } from "#lib/paths.ts";
import { sectionOf } from "./route-sections.ts";
import { type Finding, fieldOf } from "./use-route-lint.ts";

const counted = (amount: number, one: string) => `${amount} ${one}${amount === 1 ? "" : "s"}`;

/** What the rules found, worst first; each leads to its field. */
export function RouteFindings({
  tenant,
  findings,
  failed,
  checked,
  onGoTo,
}: {
  tenant: string;
  findings: readonly Finding[];
  failed: boolean;
  /** Whether there was an answer at all. */
  checked: boolean;
  onGoTo: (field: string) => void;
}) {
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity !== "error");
  const parts = [
    ...(errors.length ? [counted(errors.length, "error")] : []),
    ...(warnings.length ? [counted(warnings.length, "warning")] : []),
  ];
  if (!checked && !failed) return null;
  return (
    <section aria-label="Checks">
      <p role="status" className="flex items-center gap-1.5 font-medium">
        {failed ? (
          <span className="font-normal text-muted">The route could not be checked just now.</span>
        ) : parts.length ? (
          `${parts.join(" and ")} found`
        ) : (
          <>
            <CircleCheck aria-hidden size={14} className="text-ok" /> Nothing wrong found
          </>
        )}
      </p>
      {findings.length ? (
        <ul className="mt-1.5 space-y-2">
          {[...errors, ...warnings].map((finding) => (
            <Item
              key={`${finding.code} ${finding.field} ${finding.message}`}
              tenant={tenant}
              finding={finding}
              onGoTo={onGoTo}
            />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Item({
  tenant,
  finding,
  onGoTo,
}: {
  tenant: string;
  finding: Finding;
  onGoTo: (field: string) => void;
}) {
  const bad = finding.severity === "error";
  const Icon = bad ? CircleAlert : TriangleAlert;
  const field = fieldOf(finding);
  return (
    <li className={`flex gap-2 rounded-md px-2.5 py-2 ${bad ? "bg-bad-tint" : "bg-warn-tint"}`}>
      <Icon
        role="img"
        aria-label={bad ? "Error" : "Warning"}
        size={14}
        className={`mt-0.5 shrink-0 ${bad ? "text-bad" : "text-warn"}`}
      />
      <div className="min-w-0 space-y-0.5">
        <p className="break-words">{finding.message}</p>
        {finding.others.map((other) => (
          <p key={other.id}>
            <TextLink href={paths.route(tenant, other.id)} className="break-all font-mono text-xs">
              {other.method} {other.path}
            </TextLink>
          </p>
        ))}
        <FindingExplanation code={finding.code} />
        {field ? (
          <button
            type="button"
            onClick={() => onGoTo(field)}
            className="text-link text-xs underline decoration-line underline-offset-3 hover:decoration-current"
          >
            {`Go to ${sectionOf(field) ?? field}`}
          </button>
        ) : null}
      </div>
    </li>
  );
}
