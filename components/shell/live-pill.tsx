"use client";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { useSyncExternalStore } from "react";
import { cx } from "#components/ui/cx.ts";
import { api } from "#lib/api/client.ts";
import type { Gateways } from "#lib/gateways/schema.ts";
import { paths } from "#lib/paths.ts";
import { type LiveState, liveState } from "./live-state.ts";

const LOOKS: Record<LiveState["tone"], { icon: LucideIcon; style: string }> = {
  neutral: { icon: CircleDashed, style: "text-muted" },
  ok: { icon: CircleCheck, style: "text-ok" },
  warn: { icon: TriangleAlert, style: "text-warn" },
  bad: { icon: CircleAlert, style: "text-bad" },
};

/** With the answer's way included, what the pill says is less than two seconds old. */
const ASK_EVERY_MS = 1_500;

/** The gateways of a tenant and what they serve, asked for again and again while the page is seen. */
export function useGateways(tenant: string) {
  return useQuery({
    queryKey: ["gateways", tenant],
    queryFn: ({ signal }) => api.get<Gateways>(`/tenants/${encodeURIComponent(tenant)}/gateways`, { signal }),
    refetchInterval: ASK_EVERY_MS,
    // Whoever comes back to a hidden tab must not read what was true when they left.
    refetchOnWindowFocus: "always",
    retry: false,
  });
}

const never = () => () => {};
const yes = () => true;
const no = () => false;

/** What is true of the gateways now, always in view; leads to the page that says more. */
export function LivePill({ tenant, className }: { tenant: string; className?: string }) {
  const { data, error, isPending } = useGateways(tenant);
  // The server never knows; a part of the page that wakes up late must begin with what the server wrote.
  const awake = useSyncExternalStore(never, yes, no);
  const state: LiveState =
    !awake || isPending
      ? { tone: "neutral", text: "Asking the gateways", detail: "" }
      : error || !data
        ? {
            tone: "neutral",
            text: "Gateways unknown",
            detail:
              "The console could not ask. This says nothing about the gateways: they answer without it.",
          }
        : liveState(data);
  return <LivePillView state={state} href={paths.gateways(tenant)} {...(className ? { className } : {})} />;
}

/** The pill for a state that is already known. */
export function LivePillView({
  state,
  href,
  className,
}: {
  state: LiveState;
  href: string;
  className?: string;
}) {
  const { icon: Icon, style } = LOOKS[state.tone];
  return (
    <Link
      href={href}
      title={state.detail}
      data-live-pill={state.tone}
      className={cx(
        "inline-flex h-7 max-w-full items-center gap-1.5 rounded-full border bg-canvas pr-2.5 pl-2 font-medium text-xs hover:bg-hover",
        className,
      )}
    >
      <Icon aria-hidden size={14} className={cx("shrink-0", style)} />
      <span role="status" className="truncate">
        {state.text}
      </span>
      <span className="sr-only">{state.detail}</span>
    </Link>
  );
}
