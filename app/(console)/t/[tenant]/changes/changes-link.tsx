"use client";
import { useQuery } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { LinkButton } from "#components/ui/link-button.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Changes } from "#lib/publishing/schema.ts";

/** The draft against what is live, in numbers; shared by every page that counts or shows it. */
export const changesQuery = (tenant: string) => ({
  queryKey: ["changes", tenant],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<Changes>(`/tenants/${encodeURIComponent(tenant)}/changes`, { signal }),
});

/** How many changes wait to be published; leads to their review. */
export function ChangesLink({ tenant }: { tenant: string }) {
  const { data } = useQuery(changesQuery(tenant));
  const count = data?.counts.total ?? 0;
  return (
    <LinkButton
      href={paths.changes(tenant)}
      icon={<GitCompareArrows aria-hidden size={14} className={count ? "text-warn" : "text-muted"} />}
    >
      {count
        ? `${count.toLocaleString("en")} unpublished ${count === 1 ? "change" : "changes"} · Review`
        : "Changes"}
    </LinkButton>
  );
}
