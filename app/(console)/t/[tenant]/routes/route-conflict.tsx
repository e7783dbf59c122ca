"use client";
import { useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { RouteFields } from "#lib/contract/route.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { useKeyNames } from "../keys/use-key-names.ts";
import { differences } from "./route-difference.ts";
import { documentOf } from "./route-form-values.ts";

const keysOf = ({ auth }: RouteFields) => (auth.mode === "api-key" ? (auth.allowedApiKeyIds ?? []) : []);

/** Somebody else saved first: both versions side by side, and the choice between them. */
export function RouteConflict({
  tenant,
  mine,
  theirs,
  busy,
  onKeepMine,
  onTakeTheirs,
}: {
  tenant: string;
  mine: RouteFields;
  theirs: DraftRoute;
  busy: boolean;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}) {
  const section = useRef<HTMLElement>(null);
  // Save is at the foot of the form, this at its head.
  useEffect(() => section.current?.focus(), []);
  const saved = documentOf(theirs);
  const names = useKeyNames(tenant, [...keysOf(mine), ...keysOf(saved)]);
  const found = differences(mine, saved, names);
  return (
    <section
      ref={section}
      tabIndex={-1}
      role="alert"
      aria-label="Two versions of this route"
      className="mb-6 space-y-3 rounded-lg border p-4"
    >
      <Notice tone="warn" title="Somebody else changed this route while you were editing it.">
        Nothing is saved yet. Theirs was saved <RelativeTime at={theirs.updatedAt} />.
      </Notice>
      {found.length ? (
        <dl>
          {found.map(({ path, label, mine: ours, theirs: other }) => (
            <div key={path} className="border-b py-2">
              <dt className="font-medium">{label}</dt>
              <dd className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
                <Version title="Yours" text={ours} />
                <Version title="Theirs" text={other} />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p>Both say the same.</p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={onTakeTheirs}>Take theirs</Button>
        <Button loading={busy} onClick={onKeepMine}>
          Keep mine
        </Button>
      </div>
    </section>
  );
}

function Version({ title, text }: { title: string; text: string }) {
  return (
    <p className="min-w-0">
      <span className="block text-muted text-xs">{title}</span>
      <span className="block whitespace-pre-wrap break-words">{text}</span>
    </p>
  );
}
