"use client";
import { useQuery } from "@tanstack/react-query";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import type { IssuerView, KeySetCheck } from "#lib/issuers/schema.ts";

type Props = { tenant: string; issuer: IssuerView; onClose: () => void };

/** Asks the issuer's address for its keys, from the console, and shows what came. */
export function KeysDialog({ tenant, issuer, onClose }: Props) {
  const path = `/tenants/${encodeURIComponent(tenant)}/issuers/${issuer.id}/check`;
  const query = useQuery({
    queryKey: ["issuer-keys", tenant, issuer.id],
    queryFn: () => api.post<KeySetCheck>(path, {}),
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Keys of ${issuer.name}`}
      description={<span className="break-all font-mono text-xs">{issuer.jwksUrl}</span>}
      footer={
        <Button loading={query.isFetching} onClick={() => void query.refetch()}>
          Check again
        </Button>
      }
    >
      <div role="status" className="space-y-3">
        <ErrorNotice error={query.error} />
        {query.isPending ? <Skeleton className="h-16" /> : null}
        {query.data ? <Keys check={query.data} /> : null}
      </div>
    </Dialog>
  );
}

function Keys({ check }: { check: KeySetCheck }) {
  if (check.error) {
    return (
      <Notice tone="bad" title="The keys cannot be had">
        {check.error} Gateways go on with the keys they fetched last.
      </Notice>
    );
  }
  return (
    <>
      <p className="text-muted">
        {check.keys.length === 1 ? "1 key" : `${check.keys.length} keys`}
        {check.ignored > 0 ? `, ${check.ignored} more that cannot verify a token` : ""}, asked{" "}
        <RelativeTime at={check.checkedAt} />.
      </p>
      <ul className="divide-y rounded-md border">
        {check.keys.map((key, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a key may have no ID, and two may share one
          <li key={index} className="flex items-center gap-2 px-3 py-2">
            <span className="min-w-0 flex-1 truncate font-mono text-xs" title={key.kid ?? undefined}>
              {key.kid ?? "no key ID"}
            </span>
            <Badge mono>{key.algorithm ?? key.type}</Badge>
          </li>
        ))}
      </ul>
    </>
  );
}
