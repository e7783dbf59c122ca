import { routeFieldsSchema } from "#lib/contract/route.ts";

type Issue = {
  code?: string | undefined;
  minimum?: unknown;
  maximum?: unknown;
  path?: PropertyKey[] | undefined;
};

/** Plain words where the schema leaves the wording to its reader. */
function words(issue: Issue): string | undefined {
  const field = issue.path?.at(-1);
  const isNumber = ["requestsPerMinute", "timeoutMs", "maxAttempts"].includes(String(field));
  if (issue.code === "invalid_type") return isNumber ? "must be a whole number" : "is required";
  if (issue.code === "too_small" && isNumber) return `must be at least ${issue.minimum}`;
  if (issue.code === "too_big" && isNumber)
    return `must be at most ${Number(issue.maximum).toLocaleString("en")}`;
  return undefined;
}

/** The server's schema, asked in the browser. */
export const routeFormSchema = {
  safeParse: (document: unknown) => routeFieldsSchema.safeParse(document, { error: words }),
};
