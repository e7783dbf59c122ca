"use client";
import { useQueryClient } from "@tanstack/react-query";
import { LifeBuoy } from "lucide-react";
import { useState } from "react";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { MODE_WORDS } from "#lib/support/rules.ts";
import type { SupportPass } from "./use-support-session.ts";

type Props = {
  tenant: { slug: string; name: string };
  session: SupportPass;
  /** Whole minutes. */
  left: number;
};

/** For an operator inside a tenant, on all of its pages: where one is, how, for how long, and the way out. */
export function SupportBar({ tenant, session, left }: Props) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

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
        <span className="max-sm:sr-only">You are in</span>{" "}
        <b className="min-w-0 truncate font-semibold">{tenant.name}</b>{" "}
        <span>
          <span className="max-sm:sr-only">as support </span>({MODE_WORDS[session.mode].name}) ·{" "}
          <span suppressHydrationWarning>{left}</span> min left
        </span>
      </p>
      <Button size="small" loading={busy} onClick={() => leaveTo(() => void leave())}>
        Leave
      </Button>
    </section>
  );
}
