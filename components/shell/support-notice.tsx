"use client";
import { useQuery } from "@tanstack/react-query";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { MODE_WORDS, minutesLeft } from "#lib/support/rules.ts";
import type { SupportStay } from "#lib/support/schema.ts";

/** Members read of an operator who comes in within this time, wherever in the tenant they are. */
const ASK_EVERY_MS = 15_000;

/** Tells the members of a tenant, on all of its pages, which operators are in it now; nothing while nobody is. */
export function SupportNotice({ tenant, initial }: { tenant: string; initial: readonly SupportStay[] }) {
  const { data } = useQuery({
    queryKey: ["support-stays", tenant, "open"],
    queryFn: async ({ signal }) => {
      const address = `/tenants/${encodeURIComponent(tenant)}/support-sessions`;
      return (await api.page<SupportStay>(address, { query: { state: "open", limit: 5 }, signal })).data;
    },
    initialData: [...initial],
    refetchInterval: ASK_EVERY_MS,
    refetchOnWindowFocus: "always",
    retry: false,
  });
  return (
    <div role="status">
      {data.map((stay) => (
        <div key={stay.id} className="mb-6">
          <Notice
            tone="warn"
            title={
              <span suppressHydrationWarning>
                {stay.operator.name} from support is in this tenant, {MODE_WORDS[stay.mode].name},{" "}
                {minutesLeft(stay.expiresAt, Date.now())} min left
              </span>
            }
          >
            <span className="wrap-anywhere">
              “{stay.reason}”{" "}
              <TextLink href={paths.supportAccess(tenant)}>See what is done, or end it</TextLink>
            </span>
          </Notice>
        </div>
      ))}
    </div>
  );
}
