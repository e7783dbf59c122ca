import { ENDPOINTS_TO_TELL, WRITE_DELIVERIES } from "#data-plane/sql/webhooks.ts";
import type { AfterEnding, Settled } from "#data-plane/worker/after-ending.ts";
import { maskerOf } from "#lib/contract/masking.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { jobEventBody, jobEventId, MAX_DELIVERY_ATTEMPTS } from "#lib/contract/webhooks.ts";

/**
 * For how long a worker believes that nobody of a tenant is to be told, in milliseconds: what ends within this time
 * after a tenant's first endpoint was added or enabled may not be told. Asking again for every batch would cost
 * every tenant a query for the sake of a few.
 */
export const UNAWARE_MS = 1_000;
/** Tenants to remember; more are forgotten all at once, which costs a query each. */
const MOST_REMEMBERED = 20_000;

type Endpoint = {
  id: string;
  tenantId: string;
  events: string[];
  functions: string[];
  maskRules: string[];
  at: Date;
};
type Ended = Settled & { state: "succeeded" | "dead" };

const isEnded = (job: Settled): job is Ended => job.state === "succeeded" || job.state === "dead";
const eventOf = ({ state }: Ended) => (state === "dead" ? "job.dead" : "job.succeeded");
const concerns = (endpoint: Endpoint, job: Ended): boolean =>
  endpoint.tenantId === job.tenantId &&
  endpoint.events.includes(eventOf(job)) &&
  (endpoint.functions.length === 0 || endpoint.functions.includes(job.function));

/** What an endpoint is told of a job: its error as people see it, with what its tenant masks. */
function bodyFor({ maskRules, at }: Endpoint, job: Ended): string {
  const masker = maskerOf(maskRules);
  const error = job.error && { ...job.error, message: masker.text(job.error.message) };
  return jobEventBody({ ...job, error, attempts: job.attempt }, at.toISOString());
}

/** What writes the events of ended jobs into the outbox, in the transaction that ends them. */
export function createOutbox(unawareMs: number = UNAWARE_MS): AfterEnding {
  /** Until when a tenant counts as one with nobody to tell, on the monotonic clock. */
  let nobody = new Map<string, number>();

  return async (client, settled) => {
    const now = performance.now();
    const ended = settled.filter(
      (job) => isEnded(job) && !((nobody.get(job.tenantId) ?? 0) > now),
    ) as Ended[];
    if (ended.length === 0) return;
    const tenants = [...new Set(ended.map((job) => job.tenantId))];
    const { rows: endpoints } = await client.query<Endpoint>({
      name: "endpoints-to-tell",
      text: ENDPOINTS_TO_TELL,
      values: [tenants],
    });
    if (nobody.size > MOST_REMEMBERED) nobody = new Map();
    for (const tenant of tenants) {
      if (endpoints.some((endpoint) => endpoint.tenantId === tenant)) nobody.delete(tenant);
      else nobody.set(tenant, now + unawareMs);
    }
    const told = ended.flatMap((job) =>
      endpoints
        .filter((endpoint) => concerns(endpoint, job))
        .map((endpoint) => ({
          job,
          endpoint,
          eventId: jobEventId(job.id, job.attempt),
          body: bodyFor(endpoint, job),
        })),
    );
    if (told.length === 0) return;
    await client.query({
      name: "write-deliveries",
      text: WRITE_DELIVERIES,
      values: [
        told.map(() => uuidv7()),
        told.map(({ job }) => job.tenantId),
        told.map(({ endpoint }) => endpoint.id),
        told.map(({ job }) => job.id),
        told.map(({ eventId }) => eventId),
        told.map(({ job }) => eventOf(job)),
        told.map(({ body }) => body),
        MAX_DELIVERY_ATTEMPTS,
      ],
    });
  };
}
