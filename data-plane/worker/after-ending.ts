import type pg from "pg";
import type { AttemptOutcome, JobState } from "#lib/contract/jobs.ts";
import { createOutbox } from "./webhooks/outbox.ts";

/** What an attempt's end made of its job. */
export type Settled = {
  id: string;
  tenantId: string;
  function: string;
  state: JobState;
  /** The attempt that ended, and how. */
  attempt: number;
  outcome: AttemptOutcome;
  dispatch: number;
  delaySeconds: number;
  routeId: string | null;
  revision: number | null;
  requestId: string | null;
  error: { name: string; message: string } | null;
  fingerprint: string | null;
};

/**
 * Something that follows from the end of attempts, in the same transaction: it stands or falls with the ledger. One
 * batch may hold many tenants' jobs. It runs for every batch, so it must ask nothing of the database when none of the
 * jobs concerns it.
 */
export type AfterEnding = (client: pg.PoolClient, settled: readonly Settled[]) => Promise<void>;

export const AFTER_ENDING: readonly AfterEnding[] = [createOutbox()];
