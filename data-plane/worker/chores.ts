import type pg from "pg";
import { DEAD_LETTER_CHORES } from "#data-plane/dead-letters/chores.ts";
import type { HostLogger } from "#data-plane/functions-host/index.ts";
import type { Keyring } from "#lib/secrets/sealed-secret.ts";
import { evaluateAlerts, tidyAlerts } from "./alerts/evaluate.ts";
import { deletePastRetention } from "./retention.ts";
import { deliverWebhooks, tidyWebhooks } from "./webhooks/deliver.ts";

/** What a worker needs to send what tenants asked for to where they said. */
export type OutboundSettings = {
  /** Opens the secrets of webhooks; empty when GATEHOUSE_ENCRYPTION_KEY is not given. */
  keyring: Keyring;
  /** Whether an address may lie inside the network. */
  allowInternal: boolean;
  /** The console's public origin, for links in messages; null leaves them out. */
  consoleUrl: string | null;
};

export type ChoreContext = {
  pool: pg.Pool;
  workerId: string;
  logger: HostLogger;
  outbound: OutboundSettings;
  /** Aborted when the worker stops: begin nothing more, and come to an end within a few seconds. */
  stopping: AbortSignal;
};

/**
 * Something that every worker looks after now and then beside its jobs. Workers do not know of each other, so a chore
 * takes what it works on under a lock (`FOR UPDATE SKIP LOCKED`) or does nothing the second time.
 */
export type Chore = {
  /** For the log line when it fails: "… failed; trying again". */
  what: string;
  everyMs: number;
  work: (context: ChoreContext) => Promise<void>;
};

export const CHORES: readonly Chore[] = [
  {
    what: "deleting old jobs",
    everyMs: 60_000,
    work: async (context) => {
      await deletePastRetention(context);
    },
  },
  ...DEAD_LETTER_CHORES,
  { what: "delivering webhooks", everyMs: 1_000, work: deliverWebhooks },
  { what: "tidying up webhooks", everyMs: 60_000, work: tidyWebhooks },
  { what: "looking at the rules of alerts", everyMs: 5_000, work: (context) => evaluateAlerts(context) },
  { what: "putting away old alerts", everyMs: 3_600_000, work: tidyAlerts },
];
