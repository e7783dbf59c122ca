import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { ApiError } from "#lib/api/client.ts";

const NAMES: Record<string, string> = {
  payload: "The payload filter",
  error: "The error filter",
  from: "The time",
  to: "The end of the time",
  within: "The time",
};

/** Why the list cannot be shown: what to narrow or to write otherwise, where the server refused the filters. */
export function Refusal({ error }: { error: unknown }) {
  if (!(error instanceof ApiError) || error.status !== 422) return <ErrorNotice error={error} />;
  return (
    <div role="alert">
      <Notice tone="warn" title="These filters cannot be asked for">
        {error.details.map(({ path, message }) => (
          <p key={path}>
            {/^[a-z]/.test(message) ? `${NAMES[path] ?? path} ${message}` : message}
            {/[.!?]$/.test(message) ? "" : "."}
          </p>
        ))}
      </Notice>
    </div>
  );
}
