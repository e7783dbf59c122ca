"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { actionWords } from "#lib/audit-log/rules.ts";
import { paths } from "#lib/paths.ts";
import { MODE_WORDS } from "#lib/support/rules.ts";
import type { SupportAccess as Access, SupportStay } from "#lib/support/schema.ts";
import type { Tenant } from "#lib/tenants/schema.ts";

/** Somebody who looks at this list while an operator is inside sees what is done within this time. */
const REFRESH_MS = 10_000;

/** Whether operators of the installation may come in, who of them was here, why, and what they did. */
export function SupportAccess({ tenant }: { tenant: Tenant }) {
  const client = useQueryClient();
  const base = `/tenants/${encodeURIComponent(tenant.slug)}`;
  const [shutting, setShutting] = useState(false);
  const access = useQuery({
    queryKey: ["support-access", tenant.slug],
    queryFn: ({ signal }) => api.get<Access>(`${base}/support-access`, { signal }),
  });
  const save = async (allowed: boolean) => {
    const saved = await api.put<Access>(`${base}/support-access`, { allowed });
    client.setQueryData(["support-access", tenant.slug], saved);
    await client.invalidateQueries({ queryKey: ["support-stays", tenant.slug] });
    toast.success(allowed ? "Support may come in" : "Support is kept out");
  };
  return (
    <div id="support-access" className="scroll-mt-16">
      <Section title="Support access">
        <Switch
          label="Let operators of this installation come in"
          hint="For at most an hour, with a reason, read-only or to send jobs round again. Every member sees it while it lasts."
          checked={access.data?.allowed ?? true}
          disabledReason={whyNot(tenant.role, "tenant.manage") ?? (access.data ? null : "Still asking.")}
          onCheckedChange={(allowed) => {
            if (allowed) void save(true).catch((error: unknown) => toast.error(error));
            else setShutting(true);
          }}
        />
        <Stays tenant={tenant} base={base} />
      </Section>
      <ConfirmDialog
        open={shutting}
        onClose={() => setShutting(false)}
        title="Keep support out?"
        blastRadius="Whoever of support is in this tenant now is put out at once, what they have started for many jobs is paused, and nobody comes in until an owner switches it on again."
        confirmLabel="Keep support out"
        onConfirm={() => save(false)}
      />
    </div>
  );
}

function Stays({ tenant, base }: { tenant: Tenant; base: string }) {
  const stays = useInfiniteQuery({
    queryKey: ["support-stays", tenant.slug, "all"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      api.page<SupportStay>(`${base}/support-sessions`, { query: { limit: 10, cursor: pageParam }, signal }),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: REFRESH_MS,
  });
  if (stays.isPending) return <Skeleton className="mt-4 h-16" />;
  if (stays.error) {
    return <ErrorState error={stays.error} onRetry={() => void stays.refetch()} />;
  }
  const all = stays.data.pages.flatMap((page) => page.data);
  if (all.length === 0) {
    return <p className="mt-4 border-t pt-3 text-muted">Nobody from support has been in this tenant.</p>;
  }
  return (
    <>
      <ul aria-label="Support sessions" className="mt-4 border-t">
        {all.map((stay) => (
          <Stay key={stay.id} tenant={tenant} base={base} stay={stay} />
        ))}
      </ul>
      {stays.hasNextPage ? (
        <Button
          size="small"
          className="mt-3"
          loading={stays.isFetchingNextPage}
          onClick={() => void stays.fetchNextPage()}
        >
          Show earlier sessions
        </Button>
      ) : null}
    </>
  );
}

const PLACES: Record<string, (tenant: string, id: string) => string> = {
  job: paths.job,
  run: (tenant, id) => paths.deadLetterRun(tenant, id),
  alert: paths.alerts,
};

/** One thing that was done, in the audit log's words, with the way to what it was done to. */
function Done({ tenant, entry }: { tenant: string; entry: SupportStay["done"][number] }) {
  const words = actionWords(entry.action);
  const place = PLACES[entry.targetType];
  const said = words.charAt(0).toUpperCase() + words.slice(1);
  return (
    <>
      {place ? <TextLink href={place(tenant, entry.targetId)}>{said}</TextLink> : said}{" "}
      <RelativeTime at={entry.at} />
      {entry.reason ? `: “${entry.reason}”` : null}
    </>
  );
}

function Stay({ tenant, base, stay }: { tenant: Tenant; base: string; stay: SupportStay }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    try {
      await api.post(`${base}/support-sessions/${stay.id}/end`);
      toast.success(`${stay.operator.name} is no longer in this tenant`);
    } catch (error) {
      toast.error(error);
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: ["support-stays", tenant.slug] });
    }
  };
  return (
    <li className="border-b py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {stay.open ? <Badge tone="warn">here now</Badge> : <Badge>over</Badge>}
        <span className="wrap-anywhere font-medium">{stay.operator.name}</span>
        <span className="wrap-anywhere text-muted">{stay.operator.email}</span>
        <span className="ml-auto">
          {stay.open ? (
            <Button
              size="small"
              loading={busy}
              disabledReason={whyNot(tenant.role, "support.end")}
              onClick={() => void end()}
            >
              End the session of {stay.operator.name}
            </Button>
          ) : null}
        </span>
      </div>
      <p className="wrap-anywhere mt-1">“{stay.reason}”</p>
      <p className="text-muted text-xs first-letter:uppercase">
        {MODE_WORDS[stay.mode].name}, came in <RelativeTime at={stay.startedAt} />, <End stay={stay} />
      </p>
      {stay.done.length > 0 ? (
        <ul aria-label={`Done by ${stay.operator.name}`} className="mt-2 space-y-1 border-l pl-3">
          {stay.done.map((entry) => (
            <li key={`${entry.at} ${entry.targetId}`} className="wrap-anywhere">
              <Done tenant={tenant.slug} entry={entry} />
            </li>
          ))}
          {stay.moreDone ? <li className="text-muted">and more: the audit log has all of it</li> : null}
        </ul>
      ) : (
        <p className="text-muted text-xs">Nothing was changed.</p>
      )}
    </li>
  );
}

function End({ stay }: { stay: SupportStay }) {
  if (stay.open) {
    return (
      <>
        ends <RelativeTime at={stay.expiresAt} />
      </>
    );
  }
  const how =
    stay.ended === "removed"
      ? `ended by ${stay.endedBy ?? "the tenant"}`
      : stay.ended === "left"
        ? "left"
        : "its time was up";
  return (
    <>
      {how} <RelativeTime at={stay.endedAt} />
    </>
  );
}
