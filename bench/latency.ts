import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import type { TenantActor } from "#lib/access/actor.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { mintKey, revokeKey } from "#lib/keys/commands.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute, saveRoute } from "#lib/routes/commands.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { closeProbes, status, until } from "./probe.ts";
import { repeat } from "./statistics.ts";

export const REPETITIONS = 200;

const fields = (path: string, mode: "none" | "api-key") =>
  routeFieldsSchema.parse({
    method: "GET",
    path,
    target: { type: "function", function: "hello" },
    auth: { mode },
    rateLimit: null,
  });

async function publishDraft(actor: TenantActor): Promise<void> {
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
}

/**
 * From the publish command's start until every gateway answers by the new revision, and the same from its return.
 * A publish is more than its propagation: the first includes reading, checking and storing the draft.
 */
export async function publishTimes(actor: TenantActor, gateways: readonly string[]) {
  let route: DraftRoute = await createRoute(actor, fields("/bench/start", "none"));
  await publishDraft(actor);
  const fromReturn: number[] = [];
  const fromCall = await repeat(REPETITIONS, async (index) => {
    const path = `/bench/${index}`;
    route = await saveRoute(actor, { id: route.id, version: route.version, fields: fields(path, "none") });
    const { draftVersion } = await getChanges(actor, undefined);
    const called = performance.now();
    await publish(actor, { draftVersion, note: "" });
    const returned = performance.now();
    await Promise.all(gateways.map((gateway) => until(200, `${gateway}/gw/${actor.tenant.slug}${path}`)));
    const enforced = performance.now();
    fromReturn.push(enforced - returned);
    return enforced - called;
  });
  return { fromCall, fromReturn };
}

/** From the revoke command's start until every gateway, each of which took the key before, answers 401. */
export async function revokeTimes(actor: TenantActor, gateways: readonly string[]): Promise<number[]> {
  await createRoute(actor, fields("/bench-key", "api-key"));
  await publishDraft(actor);
  const urls = gateways.map((gateway) => `${gateway}/gw/${actor.tenant.slug}/bench-key`);
  return repeat(REPETITIONS, async (index) => {
    const { id, key } = await mintKey(actor, {
      name: `bench ${index}`,
      description: "",
      authorizedRequests: null,
      expiresAt: null,
    });
    const headers = { "x-api-key": key };
    await Promise.all(urls.map((url) => until(200, url, headers)));
    const called = performance.now();
    await revokeKey(actor, { id, reason: "" });
    await Promise.all(urls.map((url) => until(401, url, headers)));
    return performance.now() - called;
  });
}

/** The yardstick for one probe: a round trip to a bare node:http server in this process. */
export async function bareRoundTrips(): Promise<number[]> {
  const server = createServer((_request, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const times = await repeat(REPETITIONS, async () => {
    const started = performance.now();
    await status(url);
    return performance.now() - started;
  });
  closeProbes();
  server.close();
  return times;
}

/** The yardstick for propagation: UPDATE and NOTIFY in one transaction, until a listener has read the row. */
export async function bareNotifications(superuserUrl: string): Promise<number[]> {
  const [writer, listener] = [1, 2].map(() => new pg.Client({ connectionString: superuserUrl })) as [
    pg.Client,
    pg.Client,
  ];
  await Promise.all([writer.connect(), listener.connect()]);
  await writer.query("CREATE TABLE IF NOT EXISTS bench_yardstick (id int PRIMARY KEY, value int)");
  await writer.query("INSERT INTO bench_yardstick VALUES (1, 0) ON CONFLICT DO NOTHING");
  await listener.query("LISTEN bench_yardstick");
  const times = await repeat(REPETITIONS, async (index) => {
    const applied = new Promise<void>((resolve) => {
      listener.once("notification", () => {
        listener.query("SELECT value FROM bench_yardstick WHERE id = 1").then(() => resolve());
      });
    });
    const started = performance.now();
    await writer.query(
      `BEGIN; UPDATE bench_yardstick SET value = ${index} WHERE id = 1; NOTIFY bench_yardstick; COMMIT`,
    );
    await applied;
    return performance.now() - started;
  });
  await writer.query("DROP TABLE bench_yardstick");
  await Promise.all([writer.end(), listener.end()]);
  return times;
}
