"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { BellOff, Check } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { whyNotAcknowledge } from "#lib/alerts/rules.ts";
import type { AlertView, OpenAlertsView } from "#lib/alerts/schema.ts";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { errorText } from "./dead-letters/words.ts";

type Props = {
  tenant: string;
  role: Role;
  /** What the server has read already, so that nothing jumps. */
  initial?: OpenAlertsView;
  /** Said when there is nothing; where left out, nothing is shown then. */
  empty?: string;
};

const ASK_EVERY_MS = 15_000;
const SNOOZES = [
  { label: "For an hour", minutes: 60 },
  { label: "For four hours", minutes: 240 },
  { label: "For a day", minutes: 1_440 },
];

/** The alerts that are open, with what can be done about them; and that nobody is looking, if nobody is. */
export function OpenAlerts({ tenant, role, initial, empty }: Props) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["alerts", tenant, "open"],
    queryFn: ({ signal }) =>
      api.get<OpenAlertsView>(`/tenants/${encodeURIComponent(tenant)}/alerts/open`, { signal }),
    ...(initial ? { initialData: initial } : {}),
    refetchInterval: ASK_EVERY_MS,
  });
  const found = query.data;
  if (!found) return <ErrorNotice error={query.error} />;
  const refresh = () => client.invalidateQueries({ queryKey: ["alerts", tenant] });
  if (found.alerts.length === 0 && !found.late) {
    return empty ? <p className="border-y py-3 text-muted">{empty}</p> : null;
  }
  return (
    <section aria-label="Alerts" className="mb-6 space-y-2">
      {found.late ? (
        <Notice tone="warn" title="Nobody is looking at the alert rules">
          {found.evaluatedAt ? (
            <>
              They were last looked at <RelativeTime at={found.evaluatedAt} />.
            </>
          ) : (
            "They have not been looked at yet."
          )}{" "}
          Workers do it twice a minute: <TextLink href={paths.gateways(tenant)}>is one running?</TextLink>
        </Notice>
      ) : null}
      {found.alerts.map((alert) => (
        <OneAlert key={alert.id} tenant={tenant} role={role} alert={alert} onChanged={refresh} />
      ))}
    </section>
  );
}

function OneAlert({
  tenant,
  role,
  alert,
  onChanged,
}: {
  tenant: string;
  role: Role;
  alert: AlertView;
  onChanged: () => Promise<unknown>;
}) {
  const [busy, setBusy] = useState(false);
  const path = `/tenants/${encodeURIComponent(tenant)}/alerts/${alert.id}`;
  const refusal = whyNot(role, "job.act") ?? whyNotAcknowledge(alert);
  const send = async (action: string, body: object, done: string) => {
    setBusy(true);
    try {
      await api.post(`${path}/${action}`, body);
      toast.success(done);
    } catch (error) {
      toast.error(error, "Not done");
    } finally {
      await onChanged();
      setBusy(false);
    }
  };
  const seen = alert.acknowledgedAt !== null;
  const box = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  // The button that was pressed is gone then; who uses the keyboard goes on from the alert.
  useEffect(() => {
    if (seen && pressed.current) box.current?.focus();
    pressed.current = false;
  }, [seen]);
  return (
    <div ref={box} tabIndex={-1} className="rounded-md outline-none">
      <Notice
        tone={seen ? "info" : "bad"}
        title={
          <span className="flex flex-wrap items-center gap-x-2">
            {alert.name}
            {seen ? (
              <Badge icon={<Check aria-hidden size={12} />}>Acknowledged by {alert.acknowledgedBy}</Badge>
            ) : null}
            {alert.snoozedUntil ? (
              <Badge icon={<BellOff aria-hidden size={12} />}>
                Silent, again <RelativeTime at={alert.snoozedUntil} />
              </Badge>
            ) : null}
          </span>
        }
      >
        <p className="wrap-anywhere">
          {alert.summary} Since <RelativeTime at={alert.openedAt} />.{" "}
          {alert.endpointId ? (
            <TextLink href={paths.webhook(tenant, alert.endpointId)}>See webhook</TextLink>
          ) : (
            <TextLink href={paths.deadLetters(tenant)}>See dead letters</TextLink>
          )}
        </p>
        {alert.errors.length > 0 ? (
          <ul className="mt-1 font-mono text-xs">
            {alert.errors.slice(0, 3).map((error) => (
              <li key={error.fingerprint} className="truncate">
                <TextLink href={paths.deadLetterGroup(tenant, error.fingerprint)}>
                  {errorText({ error })}
                </TextLink>
              </li>
            ))}
            {alert.errors.length > 3 ? (
              <li className="font-sans">and {alert.errors.length - 3} more</li>
            ) : null}
          </ul>
        ) : null}
        {seen ? null : (
          <div className="mt-2 flex flex-wrap gap-2">
            <Button
              size="small"
              loading={busy}
              disabledReason={refusal}
              icon={<Check aria-hidden size={14} />}
              onClick={() => {
                pressed.current = true;
                void send("acknowledge", {}, "Acknowledged: no more reminders");
              }}
            >
              Acknowledge
            </Button>
            <Menu
              items={SNOOZES.map(({ label, minutes }) => ({
                label,
                disabledReason: refusal,
                onSelect: () => void send("snooze", { minutes }, "Silenced"),
              }))}
              trigger={
                <Button size="small" variant="quiet" icon={<BellOff aria-hidden size={14} />}>
                  Silence
                </Button>
              }
            />
          </div>
        )}
      </Notice>
    </div>
  );
}
