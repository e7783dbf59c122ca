import { cpus, totalmem } from "node:os";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { startTestServer } from "#scripts/testing/server.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { startGateway } from "#tests/harness/processes.ts";
import { bareNotifications, bareRoundTrips, publishTimes, REPETITIONS, revokeTimes } from "./latency.ts";
import { closeProbes, until } from "./probe.ts";
import { type Summary, summarize } from "./statistics.ts";
import { againstBareHttp, startHello } from "./throughput.ts";

// The yardstick and the upstream are on this machine.
process.env.ALLOW_INTERNAL_UPSTREAMS = "1";
const server = await startTestServer({ durable: true });
process.env.TEST_DATABASE_SERVER_URL = server.url;
const plane = await controlPlane();
const gateways = [await startGateway(plane.database), await startGateway(plane.database)];

type Row = { what: string; measured: string; hold: string; aim: string; verdict: string };
const rows: Row[] = [];

const ms = (value: number) => `${value.toFixed(1)} ms`;
const times = ({ p50, p99, max }: Summary) => `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}`;
const judge = (good: (line: number) => boolean, hold: number, aim: number) =>
  good(aim) ? "aim" : good(hold) ? "hold" : "MISSED";

function addTimes(what: string, summary: Summary, hold: number, aim: number): void {
  const verdict = judge((line) => summary.p99 <= line, hold, aim);
  rows.push({ what, measured: times(summary), hold: `p99 ${hold} ms`, aim: `p99 ${aim} ms`, verdict });
}

function addYardstick(what: string, measured: string): void {
  rows.push({ what, measured, hold: "", aim: "", verdict: "yardstick" });
}

type Fields = { target: object; rateLimit: object };

/** A tenant with one route that takes keys, and requests to it; they are answered with `status` when this resolves. */
async function loadOn(gateway: string, slug: string, status: number, fields: Fields) {
  const { actor } = await plane.tenant(slug);
  await createRoute(actor, routeFieldsSchema.parse({ method: "GET", path: "/v1/items/:id", ...fields }));
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
  const { key } = await mintKey(actor, {
    name: "bench",
    description: "",
    authorizedRequests: null,
    expiresAt: null,
  });
  const load = { url: `${gateway}/gw/${slug}/v1/items/7`, headers: { "x-api-key": key } };
  await until(status, load.url, load.headers);
  return load;
}

/** Every policy looks at it and the gateway answers itself: the limit of one per minute is used up. */
const selfAnswering = (gateway: string) =>
  loadOn(gateway, "bench-self", 429, {
    target: { type: "function", function: "hello" },
    rateLimit: { requestsPerMinute: 1, per: "key" },
  });

/** The same policies, and the answers are those of another bare node:http server. */
const proxying = (gateway: string, upstream: string) =>
  loadOn(gateway, "bench-proxy", 200, {
    target: { type: "http", url: upstream },
    rateLimit: { requestsPerMinute: 10_000_000, per: "key" },
  });

function addRatio(
  what: string,
  { ratio, own, bare }: { ratio: number; own: number; bare: number },
  hold: number,
  aim: number,
): void {
  rows.push({
    what,
    measured: `${ratio.toFixed(2)} (${Math.round(own)} ÷ ${Math.round(bare)})`,
    hold: hold.toFixed(2),
    aim: aim.toFixed(2),
    verdict: judge((line) => ratio >= line, hold, aim),
  });
}

try {
  const { actor } = await plane.tenant("bench");
  const urls = gateways.map((gateway) => gateway.url);
  addYardstick("round trip to a bare node:http server", times(summarize(await bareRoundTrips())));
  addYardstick(
    "UPDATE and NOTIFY, until a listener has read the row",
    times(summarize(await bareNotifications(plane.database.superuserUrl))),
  );
  const published = await publishTimes(actor, urls);
  addTimes("publish called → enforced on both gateways", summarize(published.fromCall), 50, 10);
  addTimes("publish returned → enforced on both gateways", summarize(published.fromReturn), 50, 10);
  addTimes("revoke called → 401 on both gateways", summarize(await revokeTimes(actor, urls)), 50, 10);

  const first = gateways[0] as (typeof gateways)[number];
  const own = await againstBareHttp({ pid: first.pid, ...(await selfAnswering(first.url)) });
  addRatio("gateway answering itself ÷ bare node:http, per CPU-second", own, 0.6, 0.7);
  const upstream = await startHello();
  const proxied = await againstBareHttp({ pid: first.pid, ...(await proxying(first.url, upstream.url)) });
  upstream.stop();
  addRatio("gateway proxying ÷ bare node:http, per CPU-second", proxied, 0.25, 0.38);
} finally {
  closeProbes();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await plane.close();
  await server.stop();
}

const memory = Math.round(totalmem() / 1024 ** 3);
console.log(`\n${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB, Node ${process.version}`);
console.log(
  `Times over ${REPETITIONS} repetitions, idle, two gateway processes; ratios are medians of 9 rounds.\n`,
);
console.log("| what | measured | hold | aim | |\n|---|---|---|---|---|");
for (const { what, measured, hold, aim, verdict } of rows) {
  console.log(`| ${what} | ${measured} | ${hold} | ${aim} | ${verdict} |`);
}
