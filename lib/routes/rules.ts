import { canonicalJson } from "#lib/contract/canonical-json.ts";
import type { RouteFields, Target } from "#lib/contract/route.ts";

/** Whether two documents say the same, whatever the order of their members. */
export function sameDocument(a: RouteFields, b: RouteFields): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** A target in a few words, for lists and differences. */
export function describeTarget(target: Target): string {
  switch (target.type) {
    case "function":
      return `function ${target.function}`;
    case "http":
      return target.url;
    case "lambda":
      return `lambda ${target.functionName}`;
    case "job":
      return `job ${target.function}`;
    case "pipeline":
      return `pipeline ${target.functions.join(" → ")}`;
    case "job-status":
      return "job status";
  }
}
