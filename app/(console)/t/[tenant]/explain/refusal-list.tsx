"use client";
import { ScanSearch } from "lucide-react";
import { Badge, StatusBadge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton, TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Facts } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { KeyBrief, Refusal, Refusals } from "#lib/explain/schema.ts";
import { paths } from "#lib/paths.ts";
import { RouteName } from "./side.tsx";
import { StepList } from "./step-list.tsx";

const KEY_STATES = ["active", "rotating", "expired", "revoked"] as const;
const clock = (at: string) =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
const shortClock = (at: string) => new Date(at).toLocaleTimeString(undefined, { timeStyle: "medium" });

/** What was found under a request ID, and what may be missing. */
export function RefusalList({
  tenant,
  requestId,
  found,
}: {
  tenant: string;
  requestId: string;
  found: Refusals;
}) {
  const { refusals, unrecorded } = found;
  return (
    <div className="space-y-8">
      {refusals.length > 1 ? (
        <Notice>
          {`${refusals.length} refusals have this ID, newest first: callers may choose their own request IDs.`}
        </Notice>
      ) : null}
      {refusals.map((refusal) => (
        <RefusalStory key={`${refusal.at} ${refusal.gateway.id}`} tenant={tenant} refusal={refusal} />
      ))}
      {refusals.length === 0 ? (
        <EmptyState
          title="No refusal with this ID in the last 24 hours"
          body={
            <>
              No gateway of this tenant wrote down a 4xx for{" "}
              <span className="break-all font-mono">{requestId}</span>. Answers that worked, errors of the
              target (5xx), and requests refused before their tenant was known (an unknown tenant, a malformed
              request) are not written down.
            </>
          }
        />
      ) : null}
      {unrecorded.length > 0 ? (
        <Notice tone="warn" title="Some refusals were not written down">
          <ul className="space-y-0.5">
            {unrecorded.slice(0, 10).map(({ from, until, amount }) => (
              <li key={from}>
                {`${amount.toLocaleString("en")} ${amount === 1 ? "refusal" : "refusals"} between ${shortClock(from)} and ${shortClock(until)} ${amount === 1 ? "was" : "were"} not recorded: too many at once, or the database was away.`}
              </li>
            ))}
            {unrecorded.length > 10 ? <li>{`and in ${unrecorded.length - 10} more minutes`}</li> : null}
          </ul>
        </Notice>
      ) : null}
    </div>
  );
}

function Key({ tenant, brief }: { tenant: string; brief: KeyBrief }) {
  const status = KEY_STATES.find((state) => state === brief.status);
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <TextLink href={paths.key(tenant, brief.id)}>{brief.name}</TextLink>
      <span className="font-mono text-muted text-xs">…{brief.lastFour}</span>
      {status ? <StatusBadge status={status} /> : null}
      <span className="text-muted">as it is now</span>
    </span>
  );
}

function RefusalStory({ tenant, refusal }: { tenant: string; refusal: Refusal }) {
  const { route, key, queryNames, path } = refusal;
  const query = queryNames.length > 0 ? `?${queryNames.map((name) => `${name}=…`).join("&")}` : "";
  const whole = !path.includes("[hidden]") && !path.endsWith("…");
  return (
    <article aria-label={`Refused with ${refusal.status} ${refusal.code}`} className="space-y-4">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 space-y-1">
          <div className="flex flex-wrap items-center gap-2">
            <Badge tone="bad">Refused</Badge>
            <h2 className="font-semibold text-base">
              {refusal.status} {refusal.code}
            </h2>
          </div>
          <p className="break-words">{refusal.message}</p>
        </div>
        <LinkButton
          icon={<ScanSearch aria-hidden size={14} />}
          href={paths.explain(tenant, { method: refusal.method, path, keyId: key?.id })}
        >
          Explain it now
        </LinkButton>
      </header>
      <Facts
        items={[
          {
            name: "Request",
            value: (
              <span className="break-all font-mono">
                {refusal.method} {path}
                <span className="text-muted">{query}</span>
              </span>
            ),
          },
          {
            name: "When",
            value: (
              <>
                {clock(refusal.at)} (<RelativeTime at={refusal.at} />)
              </>
            ),
          },
          {
            name: "Decided by",
            value:
              refusal.revision === 0 ? (
                "no revision: nothing was published"
              ) : (
                <TextLink
                  href={paths.revision(tenant, refusal.revision)}
                >{`Revision ${refusal.revision}`}</TextLink>
              ),
          },
          {
            name: "Route",
            value: route ? (
              <RouteName tenant={tenant} id={route.id} inDraft={route.inDraft}>
                {route.method} {route.path}
              </RouteName>
            ) : (
              <span className="text-muted">none</span>
            ),
          },
          {
            name: "API key",
            value: key ? (
              <Key tenant={tenant} brief={key} />
            ) : (
              <span className="text-muted">none that is known here</span>
            ),
          },
          { name: "From", value: <span className="font-mono">{refusal.sourceIp}</span> },
          {
            name: "Gateway",
            value: refusal.gateway.name ?? <CopyId value={refusal.gateway.id} label="gateway ID" short />,
          },
        ]}
      />
      <section className="space-y-1.5">
        <h3 className="font-medium text-muted text-xs">As it was decided then</h3>
        <StepList steps={refusal.steps} label="Steps then" />
      </section>
      {whole && queryNames.length === 0 ? null : (
        <p className="text-muted">
          Values of query parameters and parts of the path that may be a secret were not written down; fill
          them in before explaining it now.
        </p>
      )}
    </article>
  );
}
