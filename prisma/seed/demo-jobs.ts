const DEADLINE_MS = 30_000;
const PAUSE_MS = 100;

type Call = { path: string; body?: object };

async function post(base: string, key: string, { path, body }: Call): Promise<Response> {
  return fetch(`${base}${path}`, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
}

/** Calls until the gateway serves the route and takes the key, both of which were made a moment ago. */
async function start(base: string, key: string, call: Call): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const response = await post(base, key, call);
    await response.arrayBuffer();
    if (response.status === 202) return;
    const mayStillCome = [401, 404, 503].includes(response.status);
    if (!mayStillCome || Date.now() > deadline) {
      throw new Error(`The demo's POST ${call.path} was answered ${response.status} instead of 202.`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/**
 * Starts jobs by calling the gateway as a partner would: some that succeed, some that are retried for a while, and
 * some whose two attempts fail, so that they end as dead letters. Throws when the gateway does not take one.
 */
export async function runDemoJobs(base: string, key: string): Promise<void> {
  const calls: Call[] = [
    ...["customers", "orders", "invoices", "suppliers", "returns"].map((name) => ({
      path: `/v1/datasets/${name}/reindex`,
      body: { documents: 500 },
    })),
    { path: "/v1/datasets/customers/export" },
    { path: "/v1/datasets/orders/export" },
    ...Array.from({ length: 4 }, () => ({ path: "/v1/inventory/sync", body: { fail: true } })),
    { path: "/v1/datasets/orders/reindex", body: { documents: -1 } },
    ...Array.from({ length: 3 }, () => ({ path: "/v1/inventory/import", body: { fail: true } })),
    { path: "/v1/imports", body: { records: 250 } },
    { path: "/v1/imports", body: { records: 40, store: "archive" } },
    { path: "/v1/inventory/sync", body: { fail: false } },
  ];
  for (const call of calls) await start(base, key, call);
}
