"use client";
import { useQueries } from "@tanstack/react-query";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Changes } from "#lib/publishing/schema.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";

/** More routes than this are not looked up by name; the link leads there all the same. */
const MOST_NAMES = 50;

/** "GET /v1/users" by route id, for every route with a problem: a route that did not change may have one too. */
function useRouteNames(tenant: string, { changes, problems }: Changes): Map<string, string> {
  const names = new Map(changes.map((change) => [change.routeId, `${change.method} ${change.path}`]));
  const unknown = [...new Set(problems.map(({ routeId }) => routeId))].filter((id) => !names.has(id));
  const found = useQueries({
    queries: unknown.slice(0, MOST_NAMES).map((id) => ({
      queryKey: ["routes", tenant, "one", id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.get<DraftRoute>(`/tenants/${encodeURIComponent(tenant)}/routes/${id}`, { signal }),
    })),
  });
  for (const { data } of found) if (data) names.set(data.id, `${data.method} ${data.path}`);
  return names;
}

/** What stands in the way of publishing, each with the route at which to mend it. */
export function ProblemList({ tenant, changes }: { tenant: string; changes: Changes }) {
  const { problems } = changes;
  const names = useRouteNames(tenant, changes);
  if (problems.length === 0) return null;
  return (
    <div className="mb-6">
      <Notice
        tone="bad"
        title={`${problems.length} ${problems.length === 1 ? "problem stands" : "problems stand"} in the way of publishing`}
      >
        <ul className="mt-1 list-disc space-y-1 pl-4">
          {problems.map(({ routeId, message }) => (
            <li key={`${routeId} ${message}`}>
              <TextLink href={paths.route(tenant, routeId)} className="break-all font-mono text-xs">
                {names.get(routeId) ?? "This route"}
              </TextLink>{" "}
              {message}.
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
