/** What one import may hold. Each number keeps a document from holding up the console for everybody else. */
export const MAX_OPERATIONS = 10_000;
export const MAX_DOCUMENT_CHARACTERS = 5 * 1024 * 1024;
/** YAML costs ten times the time of JSON, so there may be less of it. */
export const MAX_YAML_CHARACTERS = 2 * 1024 * 1024;
export const MAX_DEPTH = 100;
export const MAX_NODES = 1_000_000;
/** What aliases repeat counts each time: a few lines of anchors can stand for millions of values. */
export const MAX_YAML_NODES = 300_000;
/** One route's check with everything that it refers to; a gateway compiles and keeps every one of them. */
export const MAX_SCHEMA_BYTES = 256 * 1024;
/** All routes of one import together, as they are stored. */
export const MAX_IMPORT_BYTES = 64 * 1024 * 1024;

export const OPERATION_STATES = ["new", "update", "same", "conflict", "unusable"] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/** Why an operation cannot be chosen; null when it can. The import refuses what this refuses. */
export function whyNotChosen(operation: { state: OperationState; problem: string | null }): string | null {
  if (operation.state === "unusable" || operation.state === "conflict") {
    return operation.problem ?? "It cannot be a route.";
  }
  return operation.state === "same" ? "The draft has exactly this route already." : null;
}
