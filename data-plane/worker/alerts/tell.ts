import type pg from "pg";
import { RAISE_ENDPOINT_ALERT, TELL_ALERT } from "#data-plane/sql/alerts.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type AlertEvent, chatText, MAX_ALERT_ATTEMPTS } from "#lib/contract/webhooks.ts";
import type { NewError } from "./step.ts";

/** Errors that a message quotes; it says how many more there are. */
const MOST_QUOTED = 5;
const QUOTED_CHARACTERS = 200;

export type Told = {
  alertId: string;
  tenantId: string;
  /** The tenant's slug. */
  tenant: string;
  event: AlertEvent;
  /** How many times this alert has spoken, this time included: names the event. */
  count: number;
  rule: { id: string | null; name: string; kind: string };
  summary: string;
  errors: readonly NewError[];
  openedAt: Date;
  at: Date;
  /** Of the page at which to see to it; null when the console's address is not known here. */
  link: string | null;
};

const HEADINGS: Record<AlertEvent, string> = {
  "alert.opened": "Alert",
  "alert.reminder": "Still open",
  "alert.resolved": "Over",
};

/** One message for people, with nothing of its own making in it that a chat would take for markup. */
function chatBody({ event, tenant, rule, summary, errors, link }: Told): string {
  const quoted = event === "alert.resolved" ? [] : errors.slice(0, MOST_QUOTED);
  const lines = [
    `*${HEADINGS[event]}: ${chatText(rule.name)}* (${chatText(tenant)})`,
    chatText(summary),
    ...quoted.map(
      ({ name, message }) =>
        `• ${chatText(`${name}: ${message}`.replace(/\s+/g, " ").slice(0, QUOTED_CHARACTERS))}`,
    ),
  ];
  if (quoted.length > 0 && errors.length > quoted.length)
    lines.push(`and ${errors.length - quoted.length} more`);
  if (link) lines.push(link);
  return JSON.stringify({ text: lines.join("\n") });
}

function signedBody(told: Told): string {
  return JSON.stringify({
    type: told.event,
    timestamp: told.at.toISOString(),
    data: {
      alertId: told.alertId,
      tenant: told.tenant,
      rule: told.rule,
      summary: told.summary,
      errors: told.errors.slice(0, MOST_QUOTED),
      openedAt: told.openedAt.toISOString(),
      link: told.link,
    },
  });
}

/** Puts an alert's message into the outbox of every endpoint that asked for it, in the caller's transaction. */
export async function tell(client: pg.PoolClient, told: Told): Promise<void> {
  await client.query(TELL_ALERT, [
    told.tenantId,
    told.event,
    `evt_${told.alertId.replaceAll("-", "")}_${told.count}`,
    signedBody(told),
    chatBody(told),
    MAX_ALERT_ATTEMPTS,
  ]);
}

type GivenUp = { endpointId: string; tenantId: string; url: string; reason: "gone" | "failing" };

/** Says, once, that an endpoint was given up: in the console, and to those of the tenant that still answer. */
export async function openEndpointAlert(
  client: pg.PoolClient,
  { endpointId, tenantId, url, reason }: GivenUp,
  consoleUrl: string | null,
): Promise<void> {
  const { host } = new URL(url);
  const alertId = uuidv7();
  const name = `Webhook to ${host} disabled`;
  const summary =
    reason === "gone"
      ? "Its receiver answered 410: it wants nothing more. Nothing is sent there until somebody enables it again."
      : "Every attempt of the last days failed. Nothing is sent there until somebody enables it again.";
  const { rowCount } = await client.query(RAISE_ENDPOINT_ALERT, [
    alertId,
    tenantId,
    endpointId,
    name,
    summary,
  ]);
  if (!rowCount) return;
  const { rows } = await client.query<{ slug: string; now: Date }>(
    "SELECT slug, now() AS now FROM tenants WHERE id = $1",
    [tenantId],
  );
  const { slug: tenant = "", now: at = new Date() } = rows[0] ?? {};
  await tell(client, {
    alertId,
    tenantId,
    tenant,
    event: "alert.opened",
    count: 1,
    rule: { id: null, name, kind: "webhook_disabled" },
    summary,
    errors: [],
    openedAt: at,
    at,
    link: consoleUrl && `${consoleUrl}/t/${tenant}/settings/webhooks/${endpointId}`,
  });
}
