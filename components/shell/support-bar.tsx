"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LifeBuoy } from "lucide-react";
import { useState } from "react";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { MODE_WORDS } from "#lib/support/rules.ts";
import type { SupportSession } from "#lib/support/schema.ts";
import { useMinutesLeft } from "./use-minutes-left.ts";

/** Somebody who is put out of the tenant reads so within this time. */
const ASK_EVERY_MS = 10_000;

type Props = {
  tenant: { slug: string; name: string };
  session: { sessionId: string; mode: "read" | "requeue"; expiresAt: string };
};

const WHY = { left: "you left", removed: "it was ended by", expired: "its time was up" };

function endOf(session: SupportSession): string {
  if (session.ended === "removed") return `${WHY.removed} ${session.endedBy ?? "the tenant"}`;
  return WHY[session.ended ?? "expired"];
}

/** For an operator inside a tenant, on all of its pages: where one is, how, for how long, and the way out. */
export function SupportBar({ tenant, session }: Props) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const left = useMinutesLeft(session.expiresAt);
  const { data } = useQuery({
    queryKey: ["support-session", session.sessionId],
    queryFn: ({ signal }) => api.get<SupportSession>(`/support/sessions/${session.sessionId}`, { signal }),
    refetchInterval: ASK_EVERY_MS,
    refetchOnWindowFocus: "always",
    retry: false,
  });
  const over = data ? !data.open : left === 0;
  const name = <b className="min-w-0 truncate font-semibold">{tenant.name}</b>;

  const leave = async () => {
    setBusy(true);
    try {
      await api.post(`/support/sessions/${session.sessionId}/end`);
    } catch (error) {
      // One that is over already has been left.
      if (!(error instanceof ApiError) || error.status !== 409) {
        setBusy(false);
        toast.error(error);
        return;
      }
    }
    client.clear();
    location.assign(paths.supportTenant(tenant.slug));
  };

  return (
    <section
      aria-label="Support session"
      className="sticky top-0 z-40 flex h-10 items-center gap-2 border-b bg-warn-tint px-2 text-text sm:px-4"
    >
      <LifeBuoy aria-hidden size={16} className="shrink-0 text-warn" />
      <p role="status" className="flex min-w-0 flex-1 items-center gap-1 whitespace-nowrap">
        {over ? (
          <>
            <span className="max-sm:sr-only">Your support session in</span> {name}{" "}
            <span className="truncate">is over{data ? `: ${endOf(data)}` : ""}</span>
          </>
        ) : (
          <>
            <span className="max-sm:sr-only">You are in</span> {name}{" "}
            <span>
              <span className="max-sm:sr-only">as support </span>({MODE_WORDS[session.mode].name}) ·{" "}
              <span suppressHydrationWarning>{left}</span> min left
            </span>
          </>
        )}
      </p>
      {over ? (
        <LinkButton size="small" href={paths.supportTenant(tenant.slug)}>
          Support desk
        </LinkButton>
      ) : (
        <Button size="small" loading={busy} onClick={() => leaveTo(() => void leave())}>
          Leave
        </Button>
      )}
    </section>
  );
}
