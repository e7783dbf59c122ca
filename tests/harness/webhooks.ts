import { randomBytes } from "node:crypto";
import type { OutboundSettings } from "#data-plane/worker/chores.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { readKeyring, sealSecret, webhookSecretBinding } from "#lib/secrets/sealed-secret.ts";
import type { JobsWorld } from "./jobs.ts";

export const ENCRYPTION_KEY = randomBytes(32).toString("base64");
const keyring = readKeyring(ENCRYPTION_KEY);

/** How a test's worker sends: it may reach this machine. */
export const OUTBOUND: OutboundSettings = {
  keyring,
  allowInternal: true,
  consoleUrl: "https://console.example",
};

export type TestEndpoint = { id: string; secret: string };

type Fields = {
  tenantId: string;
  kind: "signed" | "chat";
  url: string;
  events: string[];
  functions: string[];
};

/** Puts an endpoint in place as the console would; its secret as the receiver has it. */
export async function addEndpoint(
  world: JobsWorld,
  { tenantId = world.tenantId, kind = "signed", functions = [], ...given }: Partial<Fields> & { url: string },
): Promise<TestEndpoint> {
  const id = uuidv7();
  const events = given.events ?? ["job.succeeded", "job.dead"];
  const secret = randomBytes(32);
  const sealed = sealSecret(
    keyring,
    kind === "chat" ? Buffer.from(given.url) : secret,
    webhookSecretBinding(tenantId, id),
  );
  await world.superuser.query(
    `INSERT INTO webhook_endpoints
       (id, tenant_id, kind, url, events, functions, secret, secret_key_id, created_by_label)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'test')`,
    [id, tenantId, kind, given.url, events, functions, Buffer.from(sealed.sealed), sealed.keyId],
  );
  return { id, secret: `whsec_${secret.toString("base64")}` };
}

/** Another tenant of the world. */
export async function addTenant(world: JobsWorld, slug: string): Promise<string> {
  const id = uuidv7();
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)", [id, slug]);
  return id;
}

type Delivery = {
  id: string;
  state: string;
  attempts: number;
  event_id: string;
  event_type: string;
  next_at: Date;
  body: string;
};
type Attempt = { number: number; status: number | null; error: string | null; response: string | null };

export const deliveriesOf = async (world: JobsWorld, endpoint: TestEndpoint): Promise<Delivery[]> =>
  (
    await world.superuser.query(
      "SELECT * FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY created_at, id",
      [endpoint.id],
    )
  ).rows;

export const attemptsOf = async (world: JobsWorld, endpoint: TestEndpoint): Promise<Attempt[]> =>
  (
    await world.superuser.query(
      `SELECT a.* FROM webhook_attempts a JOIN webhook_deliveries d ON d.id = a.delivery_id
       WHERE d.endpoint_id = $1 ORDER BY d.created_at, a.number`,
      [endpoint.id],
    )
  ).rows;

/** What waits for its next attempt, or counts as under way, is due now: as if the time had passed. */
export const makeDue = async (world: JobsWorld, endpoint: TestEndpoint): Promise<void> => {
  await world.superuser.query(
    "UPDATE webhook_deliveries SET next_at = now() WHERE endpoint_id = $1 AND state = 'waiting'",
    [endpoint.id],
  );
};
