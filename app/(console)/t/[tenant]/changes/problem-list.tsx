"use client";
import { useQueries } from "@tanstack/react-query";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Changes } from "#lib/publishing/schema.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";

/** More problems than this are counted, not told: whoever has mended fifty sees the next. */
const MOST = 50;

/** "GET /v1/users" by route id, for every route with a problem: a route that did not change may have one too. */
function useRouteNames(tenant: string, ids: readonly string[]): Map<string, string> {
  const found = useQueries({
    queries: [...new Set(ids)].map((id) => ({
      queryKey: ["routes", tenant, "one", id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.get<DraftRoute>(`/tenants/${encodeURIComponent(tenant)}/routes/${id}`, { signal }),
    })),
  });
  return new Map(found.flatMap(({ data }) => (data ? [[data.id, `${data.method} ${data.path}`]] : [])));
}

/** What stands in the way of publishing, each with the route at which to mend it. */
export function ProblemList({ tenant, changes }: { tenant: string; changes: Changes }) {
  const shown = changes.problems.slice(0, MOST);
  const names = useRouteNames(
    tenant,
    shown.map(({ routeId }) => routeId),
  );
  const count = changes.problemCount;
  if (count === 0) return null;
  return (
    <div className="mb-6">
      <Notice
        tone="bad"
        title={`${count.toLocaleString("en")} ${count === 1 ? "problem stands" : "problems stand"} in the way of publishing`}
      >
        <ul className="mt-1 list-disc space-y-1 pl-4">
          {shown.map(({ routeId, message }) => (
            <li key={`${routeId} ${message}`}>
              <TextLink href={paths.route(tenant, routeId)} className="break-all font-mono text-xs">
                {names.get(routeId) ?? "This route"}
              </TextLink>{" "}
              {message}.
            </li>
          ))}
        </ul>
        {count > shown.length ? (
          <p className="mt-1">And {(count - shown.length).toLocaleString("en")} more.</p>
        ) : null}
      </Notice>
    </div>
  );
}
