"use client";
import { useState } from "react";
import { Badge, MethodBadge, StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import type { Auth } from "#lib/contract/route.ts";
import { paths } from "#lib/paths.ts";
import type { RouteChange } from "#lib/publishing/schema.ts";
import { useKeyNames } from "../keys/use-key-names.ts";
import { describeField, fieldName, type KeyNames } from "../routes/route-words.ts";
import { effectsOf } from "./change-words.ts";

/** As many as a page shows at first; the rest on request, so that a thousand changes do not freeze it. */
const STEP = 100;

function keysIn(value: unknown): string[] {
  const auth = value as Auth;
  return auth.mode === "api-key" ? (auth.allowedApiKeyIds ?? []) : [];
}

/** What publishing would do, route by route. */
export function ChangeList({ tenant, changes }: { tenant: string; changes: readonly RouteChange[] }) {
  const [shown, setShown] = useState(STEP);
  const visible = changes.slice(0, shown);
  const names = useKeyNames(
    tenant,
    visible.flatMap((change) =>
      change.fields
        .filter(({ field }) => field === "auth")
        .flatMap(({ before, after }) => [...keysIn(before), ...keysIn(after)]),
    ),
  );
  return (
    <>
      <ul aria-label="Changes" className="border-t">
        {visible.map((change) => (
          <ChangeItem key={change.routeId} tenant={tenant} change={change} names={names} />
        ))}
      </ul>
      {changes.length > shown ? (
        <Button className="mt-3" onClick={() => setShown(shown + STEP)}>
          {`Show ${Math.min(STEP, changes.length - shown)} more of ${changes.length.toLocaleString("en")}`}
        </Button>
      ) : null}
    </>
  );
}

function ChangeItem({ tenant, change, names }: { tenant: string; change: RouteChange; names: KeyNames }) {
  return (
    <li className="border-b py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-2">
        <StatusBadge status={change.kind} />
        <span className="flex min-w-0 items-baseline">
          <MethodBadge method={change.method} />
          {change.kind === "removed" ? (
            <span className="break-all font-mono line-through">{change.path}</span>
          ) : (
            <TextLink href={paths.route(tenant, change.routeId)} className="break-all font-mono">
              {change.path}
            </TextLink>
          )}
        </span>
        {effectsOf(change).map((effect) => (
          <Badge key={effect.text} tone={effect.tone}>
            {effect.text}
          </Badge>
        ))}
      </div>
      {change.fields.length ? (
        <dl className="mt-1.5 space-y-1 px-2 sm:pl-28">
          {change.fields.map(({ field, before, after }) => (
            <div key={field} className="sm:grid sm:grid-cols-[9rem_minmax(0,1fr)]">
              <dt className="text-muted">{fieldName(field)}</dt>
              <dd className="break-words">
                <del className="text-muted no-underline">
                  <span className="sr-only">before: </span>
                  {describeField(field, before, names)}
                </del>
                <span aria-hidden className="mx-1.5 text-muted">
                  →
                </span>
                <ins className="font-medium no-underline">
                  <span className="sr-only">after: </span>
                  {describeField(field, after, names)}
                </ins>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </li>
  );
}
