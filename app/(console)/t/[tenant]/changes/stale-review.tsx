"use client";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { ApiError } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";

const ROUTE = /^routes\.([0-9a-f-]{36})$/;

/** Somebody else was faster: what moved since the review, and by whom. */
export function StaleReview({ tenant, error }: { tenant: string; error: ApiError }) {
  const moves = error.details.filter(({ path }) => path.startsWith("routes"));
  return (
    <div role="alert" className="mb-3">
      <Notice tone="warn" title={error.message}>
        Nothing was published. The list above is how it stands now; look at it and publish again.
        {moves.length > 0 ? (
          <ul className="mt-1 list-disc space-y-0.5 pl-4">
            {moves.map(({ path, message }) => {
              const id = ROUTE.exec(path)?.[1];
              const at = /^(.*) at (\S+Z)$/.exec(message);
              const text = at
                ? `${at[1]} at ${new Date(at[2] as string).toLocaleTimeString("en-GB")}`
                : message;
              return (
                <li key={`${path} ${message}`} className="break-words">
                  {id && !message.includes(" deleted ") ? (
                    <TextLink href={paths.route(tenant, id)}>{text}</TextLink>
                  ) : (
                    text
                  )}
                </li>
              );
            })}
          </ul>
        ) : null}
      </Notice>
    </div>
  );
}
