import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { paths } from "#lib/paths.ts";
import type { Changes } from "#lib/publishing/schema.ts";

/** What stands in the way of publishing, each with the route at which to mend it. */
export function ProblemList({ tenant, changes }: { tenant: string; changes: Changes }) {
  const { problems } = changes;
  if (problems.length === 0) return null;
  const names = new Map(changes.changes.map((change) => [change.routeId, `${change.method} ${change.path}`]));
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
