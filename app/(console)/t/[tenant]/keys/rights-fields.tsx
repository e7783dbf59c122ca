"use client";
import { useId } from "react";
import { type Rights, withPicked } from "./rights.ts";
import { RightsOpened } from "./rights-opened.tsx";
import { RightsRoutes } from "./rights-routes.tsx";
import { RightsRows } from "./rights-rows.tsx";
import { useRightsReach } from "./use-rights-reach.ts";

const KINDS: readonly { value: Rights["kind"]; label: string; hint: string }[] = [
  { value: "all", label: "Everything its routes allow", hint: "Also routes that are published later." },
  { value: "routes", label: "Routes that I pick", hint: "Their method and path, as they are live now." },
  { value: "rows", label: "Requests by hand", hint: "Method, path pattern and query parameters." },
];

type RightsFieldsProps = {
  tenant: string;
  rights: Rights;
  onRightsChange: (rights: Rights) => void;
  errorAt: (field: string) => string | null;
  /** Every error, by the path of its field. */
  errors: Readonly<Record<string, string>>;
};

/** What a new key may do, and at once what that opens. */
export function RightsFields({ tenant, rights, onRightsChange, errorAt, errors }: RightsFieldsProps) {
  const id = useId();
  const { data, error, idle } = useRightsReach(tenant, rights);
  const whole = errors.authorizedRequests ?? null;
  const wrong = Object.keys(errors).flatMap((path) => /^authorizedRequests\.(\d+)/.exec(path)?.[1] ?? []);
  const firstWrong = wrong.length > 0 ? Math.min(...wrong.map(Number)) : null;
  const empty =
    (rights.kind === "routes" && rights.picked.length === 0) ||
    (rights.kind === "rows" && rights.rows.every(({ path }) => path.trim() === ""));
  return (
    <fieldset className="min-w-0 space-y-3">
      <legend className="mb-1 font-medium">It may do</legend>
      <div className="space-y-1">
        {KINDS.map(({ value, label, hint }) => (
          <label key={value} className="flex min-h-6 items-start gap-2">
            <input
              type="radio"
              name={id}
              value={value}
              checked={rights.kind === value}
              onChange={() => onRightsChange({ ...rights, kind: value })}
              className="mt-0.5 size-4 shrink-0 accent-(--accent)"
            />
            <span>
              {label} <span className="text-muted text-xs">{hint}</span>
            </span>
          </label>
        ))}
      </div>
      {rights.kind === "routes" ? (
        <RightsRoutes
          tenant={tenant}
          picked={rights.picked}
          onPickedChange={(picked) => onRightsChange({ ...rights, picked: withPicked([], picked) })}
          error={errorAt("authorizedRequests")}
        />
      ) : null}
      {rights.kind === "rows" ? (
        <RightsRows
          rows={rights.rows}
          onRowsChange={(rows) => onRightsChange({ ...rights, rows })}
          idle={idle}
          errorAt={errorAt}
          firstWrong={firstWrong}
          error={whole}
        />
      ) : null}
      <RightsOpened reach={data} error={error} empty={empty} />
    </fieldset>
  );
}
