import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { liveState } from "#components/shell/live-state.ts";
import type { TenantActor } from "#lib/access/actor.ts";
import { CHANNELS } from "#lib/contract/channels.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { listGateways } from "#lib/gateways/queries.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { type StartedProcess, startGateway } from "#tests/harness/processes.ts";
import { publish, rollBack } from "./commands.ts";
import { getChanges, getPropagation } from "./queries.ts";

let plane: ControlPlane;
let actor: TenantActor;
let gateways: StartedProcess[] = [];

before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("propagation"));
  gateways = await Promise.all(
    ["gw-1", "gw-2"].map((name) => startGateway(plane.database, { environment: { INSTANCE_NAME: name } })),
  );
});
after(async () => {
  for (const gateway of gateways) await gateway.kill().catch(() => undefined);
  await plane.close();
});

async function publishRoute(path: string): Promise<number> {
  const target = { type: "function", function: "hello" };
  await createRoute(actor, routeFieldsSchema.parse({ method: "GET", path, target, auth: { mode: "none" } }));
  const { draftVersion } = await getChanges(actor, undefined);
  return (await publish(actor, { draftVersion, note: "" })).number;
}

/** Resolves once what is asserted holds. */
async function becomesTrue<T>(assertion: () => Promise<T>): Promise<T> {
  const held = await eventually(
    "what is asserted here",
    () =>
      assertion().then(
        (value) => ({ value }),
        (error) => {
          if (error instanceof assert.AssertionError) return null;
          throw error;
        },
      ),
    20_000,
  );
  return held.value;
}

/** What each gateway is said to do with a revision, once it is so. */
const told = (number: number, expected: Record<string, string>) =>
  becomesTrue(async () => {
    const { gateways: found } = await getPropagation(actor, { number });
    assert.deepEqual(Object.fromEntries(found.map(({ name, state }) => [name, state])), expected);
    return found;
  });
const pill = (text: string) =>
  becomesTrue(async () => assert.equal(liveState(await listGateways(actor, undefined)).text, text));

test("each gateway's answer is timed with the database's clock, a stopped one is named and catches up", async () => {
  const first = await publishRoute("/first");
  const served = await told(first, { "gw-1": "serving", "gw-2": "serving" });
  for (const { afterMs } of served) assert.ok(afterMs !== null && afterMs < 10_000, String(afterMs));
  await pill("r1 live on 2 of 2");

  const [, second] = gateways as [StartedProcess, StartedProcess];
  process.kill(second.pid, "SIGSTOP");
  const number = await publishRoute("/second");
  const halted = await told(number, { "gw-1": "serving", "gw-2": "silent" });
  const silent = halted.find(({ name }) => name === "gw-2");
  assert.ok((silent?.silentMs ?? 0) > 5_000);
  assert.deepEqual([silent?.revision, silent?.afterMs], [first, null]);
  await pill("r2 live on 1 of 2 · gw-2 silent");

  process.kill(second.pid, "SIGCONT");
  const late = (await told(number, { "gw-1": "serving", "gw-2": "serving" })).find(
    ({ name }) => name === "gw-2",
  );
  // It was silent for five seconds, of which one at most was before publishing; the rest is for a slow machine.
  assert.ok((late?.afterMs ?? 0) > 2_000, "the time it was stopped counts");
  await pill("r2 live on 2 of 2");
});

test("what a gateway served first is superseded after a roll back, and asking late does not move its time", async () => {
  const back = await rollBack(actor, { number: 1, note: "" });
  const served = await told(back.number, { "gw-1": "serving", "gw-2": "serving" });
  await told(1, { "gw-1": "superseded", "gw-2": "superseded" });
  await pill(`r${back.number} live on 2 of 2`);
  // The gateways report every second; repeating what they serve is no new answer.
  const seen = served.map(({ lastSeenAt }) => Date.parse(lastSeenAt));
  await becomesTrue(async () => {
    const again = (await getPropagation(actor, { number: back.number })).gateways;
    assert.ok(again.every(({ lastSeenAt }, index) => Date.parse(lastSeenAt) > (seen[index] ?? 0)));
    assert.deepEqual(
      again.map(({ afterMs }) => afterMs),
      served.map(({ afterMs }) => afterMs),
    );
  });
});

test("a gateway that started after a revision was published serves it, and is not said to have taken that long", async () => {
  const { gateways: before } = await getPropagation(actor, { number: 3 });
  const later = await startGateway(plane.database, { environment: { INSTANCE_NAME: "gw-3" } });
  try {
    const all = await told(3, { "gw-1": "serving", "gw-2": "serving", "gw-3": "serving" });
    assert.equal(all.find(({ name }) => name === "gw-3")?.afterMs, null);
    assert.ok(before.every(({ afterMs }) => afterMs !== null));
  } finally {
    await later.stop();
  }
});

test("a gateway that refuses says why and keeps what it had; one that is killed stays listed as silent", async () => {
  await withClient(plane.database.superuserUrl, async (client) => {
    await client.query(
      `INSERT INTO revisions (tenant_id, number, content, hash, route_count, published_by_label)
       VALUES ($1, 99, '{"format":2}', repeat('0', 64), 0, 'nobody')`,
      [actor.tenant.id],
    );
    await client.query("UPDATE tenants SET live_revision = 99 WHERE id = $1", [actor.tenant.id]);
    await client.query(`NOTIFY ${CHANNELS.changed}`);
  });
  const refused = await told(99, { "gw-1": "refused", "gw-2": "refused" });
  for (const { error, revision } of refused) {
    assert.match(error ?? "", /cannot be read/);
    assert.equal(revision, 3);
  }
  await pill("r99 live on 0 of 2 · 2 refused r99");

  await gateways[0]?.kill();
  await becomesTrue(async () => {
    const found = (await getPropagation(actor, { number: 99 })).gateways;
    assert.deepEqual(
      found.map(({ name, silentMs }) => [name, silentMs > 0]),
      [
        ["gw-1", true],
        ["gw-2", false],
      ],
    );
  });
});
