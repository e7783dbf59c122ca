"use client";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { bySeverity, type Finding, findingKey, type Other } from "#lib/contract/lint/finding.ts";
import { FindingExplanation } from "./finding-explanation.tsx";
import { Checkbox } from "./toggle.tsx";

const LOOKS = {
  error: { icon: CircleAlert, mark: "text-bad", word: "Error" },
  warning: { icon: TriangleAlert, mark: "text-warn", word: "Warning" },
  info: { icon: Info, mark: "text-busy", word: "Good to know" },
};

type LinkTo = ((routeId: string) => string) | undefined;
/** `route` names the route that a finding is about, where the list is about several. */
type Listed = Finding & { route?: { method: string; path: string } | null };

function RouteName({ other, linkTo }: { other: Other; linkTo: LinkTo }) {
  const name = (
    <span className="break-all font-mono text-xs" translate="no">
      {other.method} {other.path}
    </span>
  );
  return linkTo ? (
    <Link href={linkTo(other.id)} className="underline">
      {name}
    </Link>
  ) : (
    name
  );
}

function Words({ finding, linkTo }: { finding: Listed; linkTo: LinkTo }): ReactNode {
  const { route, routeId } = finding;
  return (
    <>
      {route && routeId ? (
        <span className="block">
          <RouteName other={{ id: routeId, ...route }} linkTo={linkTo} />
        </span>
      ) : null}
      <span className="break-words">{finding.message}</span>
      {linkTo && finding.others.length > 0 ? (
        <span className="flex flex-wrap gap-x-3">
          {finding.others.map((other) => (
            <RouteName key={other.id} other={other} linkTo={linkTo} />
          ))}
        </span>
      ) : null}
      <span className="block font-mono text-muted text-xs" translate="no">
        {finding.code}
        {finding.field ? ` · ${finding.field}` : null}
      </span>
    </>
  );
}

/**
 * What lint found, errors first, each under the name of its route. With `linkTo` the routes are links; with `onAccept` every warning can be accepted,
 * by the key that publishing takes.
 */
export function FindingList({
  findings,
  linkTo,
  accepted,
  onAccept,
}: {
  findings: readonly Listed[];
  linkTo?: ((routeId: string) => string) | undefined;
  accepted?: ReadonlySet<string> | undefined;
  onAccept?: ((key: string, accepted: boolean) => void) | undefined;
}) {
  return (
    <ul className="space-y-2">
      {bySeverity(findings).map((finding) => {
        const key = findingKey(finding);
        const { icon: Icon, mark, word } = LOOKS[finding.severity];
        const words = <Words finding={finding} linkTo={linkTo} />;
        return (
          <li key={`${key} ${finding.message}`} className="flex items-start gap-2">
            <Icon role="img" aria-label={word} size={16} className={`mt-0.5 shrink-0 ${mark}`} />
            <div className="min-w-0 flex-1">
              {words}
              <FindingExplanation code={finding.code} />
              {onAccept && finding.severity === "warning" ? (
                <Checkbox
                  checked={accepted?.has(key) ?? false}
                  onCheckedChange={(checked) => onAccept(key, checked)}
                  label="Publish with this warning"
                />
              ) : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
