import { findingKey } from "#lib/contract/lint/finding.ts";
import type { FindingsSummary } from "#lib/publishing/schema.ts";

/** Warnings that somebody has decided to publish with: keys of findings, or codes for all of a kind. */
export type Accepted = ReadonlySet<string>;

const warningsOf = ({ data }: FindingsSummary) => data.filter(({ severity }) => severity === "warning");

/** Each kind of warning that publishing asks about, and how often. */
export const warningCodes = ({ byCode }: FindingsSummary) =>
  byCode.filter(({ severity }) => severity === "warning");

/** Whether there are more warnings than came along, so that only whole kinds can be accepted. */
export const asksByCode = (findings: FindingsSummary): boolean =>
  warningsOf(findings).length < findings.asking;

/** Everything that has to be accepted before publishing. */
export const toAccept = (findings: FindingsSummary): string[] =>
  asksByCode(findings)
    ? warningCodes(findings).map(({ code }) => code)
    : warningsOf(findings).map((finding) => findingKey(finding));

/** What of it is accepted, as publishing takes it: nothing that is not asked about any more. */
export const acceptedOf = (findings: FindingsSummary, accepted: Accepted): string[] =>
  toAccept(findings).filter((key) => accepted.has(key));

/** Why the draft cannot be published yet; null when lint has nothing against it. */
export function whyNotPublishable(findings: FindingsSummary, accepted: Accepted): string | null {
  if (findings.errors > 0) {
    return `Mend the ${findings.errors === 1 ? "error" : `${findings.errors.toLocaleString("en")} errors`} above first.`;
  }
  const open = toAccept(findings).filter((key) => !accepted.has(key)).length;
  return open > 0 ? "Decide about the warnings above first." : null;
}
