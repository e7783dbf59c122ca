"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api } from "#lib/api/client.ts";
import type { Claim } from "#lib/claims/schema.ts";
import type { ApiKey, KeyTraffic } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { KeyEnds } from "./key-columns.tsx";
import { loadChain, rotationOf } from "./rotate-chain.ts";
import { useOnceOpen } from "./use-once-open.ts";

const GraceDialogs = fetchedAhead(() =>
  import("./rotate-grace-dialogs.tsx").then((module) => module.GraceDialogs),
);

const ASK_EVERY_MS = 5_000;

type RotatePanelProps = {
  tenant: string;
  apiKey: ApiKey;
  /** Why the person may not manage keys; null when they may. */
  refusal: string | null;
};

/** Where a key stands in a line of rotations: what goes on now, both keys' use side by side, and the whole line. */
export function RotatePanel({ tenant, apiKey, refusal }: RotatePanelProps) {
  const base = `/tenants/${encodeURIComponent(tenant)}`;
  const inLine = apiKey.rotatedTo !== null || apiKey.succeeds.length > 0;
  const chain = useQuery({
    queryKey: ["keys", tenant, "chain", apiKey.id, apiKey.version],
    enabled: inLine,
    queryFn: ({ signal }) => loadChain(tenant, apiKey, signal),
    refetchInterval: ({ state }) => (state.data && rotationOf(state.data, apiKey.id) ? ASK_EVERY_MS : false),
  });
  const links = useQuery({
    queryKey: ["claims", tenant, "rotating", apiKey.id],
    enabled: apiKey.rotatedTo === null && apiKey.status === "active",
    queryFn: ({ signal }) =>
      api.page<Claim>(`${base}/claims`, { query: { rotates: apiKey.id, limit: 10 }, signal }),
  });
  const waiting = links.data?.data.find(({ status }) => status === "waiting" || status === "opened");
  const now = chain.data ? rotationOf(chain.data, apiKey.id) : null;
  return (
    <>
      {waiting ? (
        <div className="mb-5">
          <Notice title="A claim link to its successor is out">
            It was made <RelativeTime at={waiting.createdAt} /> by {waiting.createdBy} and works until{" "}
            <RelativeTime at={waiting.expiresAt} />. This key goes on as before until the partner reveals the
            new one. <TextLink href={paths.claims(tenant)}>See the link</TextLink>
          </Notice>
        </div>
      ) : null}
      <ErrorNotice error={chain.error} />
      {now ? (
        <UnderWay tenant={tenant} old={now.old} next={now.next} here={apiKey.id} refusal={refusal} />
      ) : null}
      {chain.data && chain.data.length > 1 ? (
        <Section title="Rotations">
          <ol className="border-t">
            {chain.data.map((one) => (
              <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b py-2">
                <StatusBadge status={one.status} />
                {one.id === apiKey.id ? (
                  <strong className="font-medium">This key</strong>
                ) : (
                  <TextLink className="wrap-anywhere" href={paths.key(tenant, one.id)}>
                    {one.name}
                  </TextLink>
                )}
                <KeyEnds apiKey={one} />
                <span className="text-muted">
                  made <RelativeTime at={one.createdAt} />, last used <RelativeTime at={one.lastUsedAt} />
                </span>
              </li>
            ))}
          </ol>
        </Section>
      ) : null}
    </>
  );
}

type UnderWayProps = { tenant: string; old: ApiKey; next: ApiKey; here: string; refusal: string | null };

function UnderWay({ tenant, old, next, here, refusal }: UnderWayProps) {
  const client = useQueryClient();
  const [acting, setActing] = useState<"extend" | "cut" | null>(null);
  const used = useOnceOpen(acting !== null);
  const stillUsed = useTraffic(tenant, old.id).lastHour;
  return (
    <Section
      title="Rotation under way"
      actions={
        <div className="flex gap-2">
          <Button disabledReason={refusal} onClick={() => setActing("extend")}>
            Extend
          </Button>
          <Button disabledReason={refusal} onClick={() => setActing("cut")}>
            Cut off now
          </Button>
        </div>
      }
    >
      <p className="mb-3 max-w-prose">
        Both keys work until the old one ends <RelativeTime at={old.graceEndsAt} />
        {old.expiresAt !== null && old.expiresAt === old.graceEndsAt ? ", which is its own expiry" : ""}.{" "}
        {stillUsed === null
          ? ""
          : stillUsed > 0
            ? `The old key was still used ${stillUsed.toLocaleString("en")} ${stillUsed === 1 ? "time" : "times"} in this hour and the last.`
            : "The old key was not used in this hour and the last."}
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Side tenant={tenant} label="Old key" apiKey={old} here={here === old.id} />
        <Side tenant={tenant} label="New key" apiKey={next} here={here === next.id} />
      </div>
      {used ? (
        <GraceDialogs
          tenant={tenant}
          old={old}
          usedLately={stillUsed}
          acting={acting}
          refusal={refusal}
          onClose={() => setActing(null)}
          onChanged={() => void client.invalidateQueries({ queryKey: ["keys", tenant] })}
        />
      ) : null}
    </Section>
  );
}

function useTraffic(tenant: string, id: string) {
  const { data } = useQuery({
    queryKey: ["keys", tenant, "traffic", id, "day"],
    queryFn: ({ signal }) =>
      api.get<KeyTraffic>(`/tenants/${encodeURIComponent(tenant)}/keys/${id}/traffic`, {
        query: { period: "day" },
        signal,
      }),
    refetchInterval: ASK_EVERY_MS,
  });
  const sum = (buckets: KeyTraffic["buckets"], of: "requests" | "refusals") =>
    buckets.reduce((all, bucket) => all + bucket[of], 0);
  return {
    buckets: data?.buckets ?? null,
    requests: data ? sum(data.buckets, "requests") : null,
    refusals: data ? sum(data.buckets, "refusals") : null,
    lastHour: data ? sum(data.buckets.slice(-2), "requests") : null,
  };
}

function Side({
  tenant,
  label,
  apiKey,
  here,
}: {
  tenant: string;
  label: string;
  apiKey: ApiKey;
  here: boolean;
}) {
  const { buckets, requests, refusals } = useTraffic(tenant, apiKey.id);
  const most = Math.max(1, ...(buckets ?? []).map((bucket) => bucket.requests));
  return (
    <section aria-label={label} className="min-w-0 rounded-md border p-3">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium">{label}</h3>
        <StatusBadge status={apiKey.status} />
        <KeyEnds apiKey={apiKey} />
        {here ? null : <TextLink href={paths.key(tenant, apiKey.id)}>Open</TextLink>}
      </div>
      <p className="mt-2 font-semibold text-xl">
        {requests === null ? "…" : requests.toLocaleString("en")}{" "}
        <span className="ml-1 font-normal text-muted text-sm">
          requests in 24 h{refusals ? `, ${refusals.toLocaleString("en")} refused` : ""}
        </span>
      </p>
      <div aria-hidden className="mt-2 flex h-10 items-end gap-px border-b">
        {(buckets ?? []).map((bucket) => (
          <span
            key={bucket.at}
            className={bucket.requests > 0 ? "min-h-0.5 flex-1 bg-link" : "flex-1"}
            style={{ height: `${(bucket.requests / most) * 100}%` }}
          />
        ))}
      </div>
      <p className="mt-2 text-muted">
        Last used <RelativeTime at={apiKey.lastUsedAt} />
      </p>
    </section>
  );
}
