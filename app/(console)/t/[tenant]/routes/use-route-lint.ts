"use client";
import { useCallback, useMemo } from "react";
import type { FieldNote } from "#components/form/field-notes.ts";
import { toDocument } from "./route-document.ts";
import type { RouteFormValues } from "./route-form-values.ts";
import { fieldFor } from "./route-sections.ts";
import { useAnswer } from "./use-answer.ts";

/** One thing that is wrong or doubtful about a route, as the server's rules found it. */
export type Finding = {
  code: string;
  severity: "error" | "warning";
  field: string | null;
  message: string;
  others: readonly { id: string; method: string; path: string }[];
};

const NONE: readonly Finding[] = [];

/** The field at which a finding is shown. */
export const fieldOf = (finding: Finding): string | null =>
  finding.field === null ? null : fieldFor(finding.field);

/** What the rules say about the route as it is typed, against the draft as it is stored. */
export function useRouteLint(tenant: string, id: string | null, values: RouteFormValues) {
  const asked = values.path.startsWith("/") ? { id, route: toDocument(values) } : null;
  const { answer, state } = useAnswer<{ findings: Finding[] }>(
    `/tenants/${encodeURIComponent(tenant)}/lint`,
    asked,
  );
  const findings = answer?.findings ?? NONE;
  const byField = useMemo(() => Map.groupBy(findings, (finding) => fieldOf(finding) ?? ""), [findings]);
  const notesOf = useCallback(
    (name: string): readonly FieldNote[] => {
      const found = [...byField].filter(([field]) => field === name || field.startsWith(`${name}.`));
      return found
        .flatMap(([, list]) => list)
        .map(({ severity, message }) => ({ tone: severity === "error" ? "bad" : "warn", message }));
    },
    [byField],
  );
  return { findings, notesOf, state, answered: answer !== null };
}
