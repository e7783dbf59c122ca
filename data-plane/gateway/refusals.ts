import type { Queryable } from "#data-plane/sql/queryable.ts";
import { expireRefusals, type RefusalRow, recordRefusals } from "#data-plane/sql/refusals.ts";
import type { TokenLookup } from "#lib/contract/bearer.ts";
import type { CompiledRevision } from "#lib/contract/compile.ts";
import { type DecisionRequest, decide, type KeyLookup } from "#lib/contract/decision.ts";
import { GATEWAY_ERROR_STATUS, type GatewayErrorCode } from "#lib/contract/errors.ts";
import type { TraceStep, TraceStepName } from "#lib/contract/trace.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { pathWithoutSecrets, queryNames } from "./hide-secrets.ts";
import type { GatewayLogger } from "./logger.ts";
import { createRefusalBudget } from "./refusal-budget.ts";

/** How long a refusal may take to be found by its request ID. */
export const FLUSH_MS = 500;
const EXPIRE_MS = 60_000;
const ROWS_PER_WRITE = 500;
/** About 5 MB; with the database away for longer, what comes on top is only counted. */
const MAX_BUFFERED = 5_000;

/** What a request was decided with, kept by its exchange so that a refusal can be explained as it was decided. */
export type Decided = {
  tenantId: string;
  slug: string;
  revision: CompiledRevision;
  number: number;
  request: DecisionRequest;
  key: KeyLookup | null;
  token: TokenLookup | null;
};

/** What is known of the request itself. */
type Refused = { requestId: string; receivedAt: number; sourceIp: string; route: { id: string } | null };

/** The step at which a request was refused that the decision itself had let through. */
const LATER_STEPS: Partial<Record<GatewayErrorCode, TraceStepName>> = {
  rate_limited: "rate_limit",
  body_too_large: "body",
  unsupported_media_type: "validation",
  invalid_body: "validation",
  invalid_query: "validation",
};

/** The steps as they were decided: the same pure decision once more, with what was found the first time. */
function traceOf(decided: Decided, now: number, code: GatewayErrorCode, message: string): TraceStep[] {
  const trace: TraceStep[] = [];
  const { tenantId: id, slug, revision, key, token } = decided;
  decide(decided.request, {
    tenant: { id, slug, revision },
    now,
    lookupKey: () => key ?? "unknown",
    lookupToken: () => token ?? "unavailable",
    trace,
  });
  if (trace.at(-1)?.outcome !== "refused") {
    trace.push({ step: LATER_STEPS[code] ?? "target", outcome: "refused", detail: message });
  }
  return trace;
}

/**
 * Writes down what this gateway refuses, off the request's path and within bounds: a budget per tenant and minute,
 * a buffer of fixed size, one insert per batch. What is not kept is counted, and the count is written down too.
 */
export function createRefusals(instanceId: string, db: Queryable, logger: GatewayLogger) {
  const budget = createRefusalBudget();
  let buffer: RefusalRow[] = [];
  let writing: Promise<void> | null = null;
  let dropped = 0;

  function rowOf(decided: Decided, refused: Refused, code: GatewayErrorCode, message: string): RefusalRow {
    const { key, request } = decided;
    // Another tenant's key is nobody's here, as it was for the caller.
    const ours = key !== null && typeof key === "object" && key.tenantId === decided.tenantId;
    return {
      id: uuidv7(refused.receivedAt),
      tenantId: decided.tenantId,
      requestId: refused.requestId,
      at: new Date(refused.receivedAt),
      revision: decided.number,
      status: GATEWAY_ERROR_STATUS[code],
      code,
      message: message.slice(0, 1_000),
      method: request.method,
      path: pathWithoutSecrets(request.path),
      queryNames: queryNames(request.query),
      routeId: refused.route?.id ?? null,
      apiKeyId: ours ? key.id : null,
      sourceIp: refused.sourceIp,
      steps: traceOf(decided, refused.receivedAt, code, message),
    };
  }

  async function write(): Promise<void> {
    const rows = buffer.splice(0, ROWS_PER_WRITE);
    const unrecorded = budget.takeUnrecorded(Date.now());
    if (rows.length === 0 && unrecorded.length === 0) return;
    try {
      await recordRefusals(db, instanceId, rows, unrecorded);
    } catch (error) {
      logger.warn({ err: error }, "could not record refusals");
      budget.giveBack(unrecorded);
      // What the database would never take must not stand in the way of what comes after it.
      const hopeless = /^2[23]/.test((error as { code?: string }).code ?? "");
      const room = hopeless ? 0 : Math.max(0, MAX_BUFFERED - buffer.length);
      dropped += Math.max(0, rows.length - room);
      for (const row of rows.slice(room)) budget.countUnrecorded(row.tenantId, row.at.getTime());
      buffer = [...rows.slice(0, room), ...buffer];
      return;
    }
    if (buffer.length >= ROWS_PER_WRITE) await write();
  }

  /** One write at a time; a database that is away is asked again with the next tick. */
  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = null;
    });
    return writing;
  }

  const flushing = setInterval(() => void flush(), FLUSH_MS);
  const expiring = setInterval(() => {
    expireRefusals(db).catch((error: unknown) => logger.warn({ err: error }, "could not expire refusals"));
  }, EXPIRE_MS);
  const halt = () => {
    clearInterval(flushing);
    clearInterval(expiring);
  };

  return {
    /** Notes a refusal of a request whose tenant is known. Anything but a 4xx is not the caller's to ask about. */
    note(decided: Decided, refused: Refused, code: GatewayErrorCode, message: string): void {
      const status = GATEWAY_ERROR_STATUS[code];
      if (status < 400 || status > 499) return;
      const { tenantId } = decided;
      if (buffer.length >= MAX_BUFFERED || !budget.take(tenantId, refused.sourceIp, refused.receivedAt)) {
        budget.countUnrecorded(tenantId, refused.receivedAt);
        dropped++;
        return;
      }
      buffer.push(rowOf(decided, refused, code, message));
    },
    /** How many were not written down, since the start. */
    dropped: () => dropped,
    /** Stops without a word, for a gateway that never began. */
    abandon: halt,
    /** Writes what is left, if the database is there. */
    async stop(): Promise<void> {
      halt();
      await writing;
      budget.hurry();
      await flush();
    },
  };
}
export type Refusals = ReturnType<typeof createRefusals>;
