export const SEVERITIES = ["error", "warning", "info"] as const;
/** An error blocks publishing, a warning asks, an info only tells. */
export type Severity = (typeof SEVERITIES)[number];

export type Other = { id: string; method: string; path: string };

/** Something about a route that its author should know; docs/lint.md says of each code why and how to mend it. */
export type Finding = {
  code: string;
  severity: Severity;
  /** Null for a candidate that has no id yet. */
  routeId: string | null;
  /** Dotted path in the route document; null when it is about the whole route. */
  field: string | null;
  message: string;
  /** The routes that it has to do with; of many, the first. */
  others: Other[];
};

/** More other routes than this are counted in the message and not listed. */
export const MAX_OTHERS = 5;

/** What names a finding when its warning is accepted: it stays the same as long as the finding does. */
export const findingKey = ({ code, routeId, field, others }: Finding): string =>
  [code, routeId ?? "new", field ?? "", ...others.map(({ id }) => id)].join(":");

/** Whether one of `accepted` stands for the warning: its key, or its code for every warning of the kind. */
export const isAccepted = (finding: Finding, accepted: ReadonlySet<string>): boolean =>
  accepted.has(findingKey(finding)) || accepted.has(finding.code);

/** Errors first, then warnings, then what only tells; otherwise in the order given. */
export const bySeverity = <F extends Finding>(findings: readonly F[]): F[] =>
  SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
