"use client";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Facts } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { BlastRadius, DeletedTenant, Tenant } from "#lib/tenants/schema.ts";

/** What stops, counted, and the name to be typed; then it is deleted, and the page leads to where it can be had back. */
export function DeleteTenantDialog({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const path = `/tenants/${encodeURIComponent(tenant.slug)}`;
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [field, form] = [useId(), useId()];
  const radius = useQuery({
    queryKey: ["deletion", tenant.slug],
    queryFn: ({ signal }) => api.get<BlastRadius>(`${path}/deletion`, { signal }),
    gcTime: 0,
  });
  const unnamed = typed.trim() !== tenant.slug;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (unnamed || busy || !radius.data) return;
    setBusy(true);
    setError(null);
    try {
      await api.delete<DeletedTenant>(path, { query: { confirm: typed.trim() } });
      // A new document: nothing of the tenant is to be left on the page or in its memory.
      window.location.assign(paths.deletedTenants());
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      held={busy}
      title={`Delete ${tenant.name}?`}
      description="What stops at once:"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="danger"
            loading={busy}
            disabledReason={
              radius.data
                ? unnamed
                  ? `Type ${tenant.slug} first.`
                  : null
                : "What stops is still being counted."
            }
          >
            Delete tenant
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={send} className="space-y-4">
        {radius.error ? (
          <ErrorState error={radius.error} onRetry={() => void radius.refetch()} />
        ) : radius.data ? (
          <Facts items={factsOf(radius.data)} />
        ) : (
          <Skeleton className="h-60" />
        )}
        <div>
          <label htmlFor={field} className="mb-1 block text-muted">
            Type <strong className="font-mono text-text">{tenant.slug}</strong> to go on. An owner can undo it
            for 7 days.
          </label>
          <Input
            id={field}
            mono
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onValueChange={setTyped}
          />
        </div>
        <ErrorNotice error={error} />
      </form>
    </Dialog>
  );
}

const words = ({ count, capped }: { count: number; capped: boolean }) =>
  `${count.toLocaleString("en")}${capped ? "+" : ""}`;

const factsOf = (radius: BlastRadius) => [
  { name: "Live routes", value: radius.liveRoutes.toLocaleString("en") },
  { name: "Working keys", value: words(radius.activeKeys) },
  { name: "Requests, last 24 h", value: `${radius.requestsLastDay.toLocaleString("en")} with a key` },
  { name: "Jobs not finished", value: words(radius.openJobs) },
  { name: "Dead letters", value: words(radius.deadLetters) },
  { name: "Members shut out", value: words(radius.members) },
];
