import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestTenant, testRoute } from "#tests/harness/gateway.ts";

const GATEWAYS = 3;
const CALLERS = 6;
const ROUNDS = 12;
const target = { type: "function", function: "echo" } as const;
const keyed = testRoute({ path: "/keyed", auth: { mode: "api-key" }, rateLimit: null, target });
const at = (round: number) => testRoute({ path: `/round/${round}`, rateLimit: null, target });
let fixture: GatewayFixture;
let acme: TestTenant;
let urls: string[];

before(async () => {
  fixture = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = () => ({ ok: true });" },
  });
  const others = await Promise.all(Array.from({ length: GATEWAYS - 1 }, () => fixture.start()));
  urls = [fixture.url, ...others.map(({ address }) => address)];
  acme = await fixture.tenant("acme");
  await fixture.served(acme, await fixture.publish(acme, [keyed, at(0)]));
});
after(() => fixture?.close());

/** As a load balancer does that knows nothing: any gateway, for every request anew. */
async function balanced(path: string, key = ""): Promise<number> {
  const url = urls[Math.floor(Math.random() * urls.length)] as string;
  const response = await fetch(`${url}/gw/acme${path}`, { headers: key ? { "X-Api-Key": key } : {} });
  await response.arrayBuffer();
  return response.status;
}

test("behind a load balancer, no gateway answers by an older revision once all have acknowledged the new one", async () => {
  let newest = 0;
  const seen: { round: number; newest: number; status: number }[] = [];
  let going = true;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (going) {
      const live = newest;
      const round = Math.max(0, live - (Math.random() < 0.5 ? 1 : 0));
      seen.push({ round, newest: live, status: await balanced(`/round/${round}`) });
    }
  });
  for (let round = 1; round <= ROUNDS; round++) {
    // The old path stays for one more revision, so that what is live is certain while the new one spreads.
    await fixture.served(acme, await fixture.publish(acme, [keyed, at(round - 1), at(round)]));
    await fixture.served(acme, await fixture.publish(acme, [keyed, at(round)]));
    newest = round;
  }
  going = false;
  await Promise.all(callers);
  const late = seen.filter((each) => each.round < each.newest && each.status !== 404);
  assert.deepEqual(late, [], "a path that is gone everywhere was answered");
  assert.ok(seen.some((each) => each.round < each.newest) && seen.some(({ status }) => status === 200));
});

test("behind a load balancer, a key that was revoked everywhere passes nowhere", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const key = await fixture.mint(acme);
    await fixture.revoke(key);
    await eventually("every gateway to have applied it", async () => {
      const { rows } = await fixture.pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM gateway_instances i, api_keys k
         WHERE k.id = $1 AND i.stopped_at IS NULL AND pg_visible_in_snapshot(k.changed_xid, i.applied_snapshot)`,
        [key.id],
      );
      return rows[0]?.count === GATEWAYS;
    });
    const answers = await Promise.all(Array.from({ length: 9 }, () => balanced("/keyed", key.key)));
    assert.deepEqual(new Set(answers), new Set([401]));
  }
});
