import { cpus, loadavg, totalmem } from "node:os";
import { mintToken } from "#lib/tokens/commands.ts";
import { startTestServer } from "#scripts/testing/server.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { seedManyRoutes } from "#tests/harness/many-routes.ts";
import { startConsole, startGateway } from "#tests/harness/processes.ts";
import { scrollTimes } from "./scroll.ts";
import { repeat } from "./statistics.ts";

/**
 * The management API with 10,000 routes in one tenant: over HTTP, by a production build of the console, on a
 * PostgreSQL that waits for the disk. `npm run bench:routes [-- COUNT]`.
 */
const COUNT = Number(process.argv[2] ?? 10_000);
const SLUG = "bench-routes";
const server = await startTestServer({ durable: true });
process.env.TEST_DATABASE_SERVER_URL = server.url;
const plane = await controlPlane();
const { actor } = await plane.tenant(SLUG);
const { token } = await mintToken(actor, { name: "bench", expiresInDays: 1, tenantId: actor.tenant.id });
await withClient(plane.database.superuserUrl, (client) => seedManyRoutes(client, actor.tenant.id, COUNT));
const gateway = await startGateway(plane.database); // registers the functions that the routes name
const console_ = await startConsole(plane.database);

type Answer = { data: never; next_cursor?: string | null };
async function call(method: string, path: string, body?: unknown): Promise<{ ms: number; answer: Answer }> {
  const started = performance.now();
  const response = await fetch(`${console_.url}/api/v1/tenants/${SLUG}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const ms = performance.now() - started;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
  return { ms, answer: JSON.parse(text) };
}

const rows: string[] = [];
const scrolled: string[] = [];
const loads: number[] = [];
const at = (sorted: readonly number[], share: number) =>
  (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN).toFixed(0);
async function measure(what: string, line: string, times: number, work: (index: number) => Promise<number>) {
  loads.push(loadavg()[0] as number);
  try {
    const [first, ...rest] = await repeat(times, work);
    const sorted = [...(rest.length > 0 ? rest : [first as number])].sort((a, b) => a - b);
    const cells = [what, `${first?.toFixed(0)} ms`, `${at(sorted, 0.5)} ms`, `${at(sorted, 0.95)} ms`, line];
    rows.push(`| ${cells.join(" | ")} |`);
  } catch (error) {
    rows.push(`| ${what} | not measured: ${String(error).slice(0, 160)} | | | ${line} |`);
  }
}
const get = async (path: string) => (await call("GET", path)).ms;

/** A cursor about `share` into the list; walking there is not measured. */
async function cursorAt(share: number): Promise<string> {
  let cursor = "";
  for (let read = 0; read < COUNT * share; read += 100) {
    const { answer } = await call("GET", `/routes?limit=100${cursor && `&cursor=${cursor}`}`);
    cursor = answer.next_cursor ?? cursor;
  }
  return cursor;
}

try {
  const deep = await cursorAt(0.9);
  const { answer } = await call("GET", `/routes?limit=100&cursor=${deep}`);
  const ids = (answer.data as { id: string }[]).map(({ id }) => id);
  const words = ["payments", "post /orders", "reports v2 :id", "hello", "partner", "nothing-like-this", "a"];
  const lists = async (state: string) => {
    await measure(`list, first page of 50 ${state}`, "p95 50 ms", 100, () => get("/routes?limit=50"));
    await measure(`list, page of 100 nine tenths in ${state}`, "p95 50 ms", 100, () =>
      get(`/routes?limit=100&cursor=${deep}`),
    );
    await measure(`search, page of 50 ${state}`, "p95 50 ms", 105, (index) =>
      get(`/routes?limit=50&q=${encodeURIComponent(words[index % words.length] as string)}`),
    );
  };
  await lists("(nothing live)");
  await measure("count of a search", "", 50, () => get("/routes/count?q=payments"));
  await measure("segments and tags", "", 30, () => get("/routes/facets"));
  await measure("one route (what the editor opens)", "200 ms", 100, (index) =>
    get(`/routes/${ids[index % ids.length]}`),
  );
  await measure("lint of the whole draft", "1 s", 6, () => get("/lint"));
  await measure("changes, nothing live", "", 6, () => get("/changes"));

  const draftVersion = async () =>
    ((await call("GET", "/changes")).answer.data as { draftVersion: number }).draftVersion;
  const publish = async () => {
    const { byCode } = (await call("GET", "/lint")).answer.data as { byCode: { code: string }[] };
    const acceptWarnings = byCode.map(({ code }) => code);
    const body = { draftVersion: await draftVersion(), note: "", acceptWarnings };
    return (await call("POST", "/publish", body)).ms;
  };
  const edit = (index: number) => async () => {
    const path = `/routes/${ids[index % ids.length]}`;
    const { data } = (await call("GET", path)).answer as { data: object };
    await call("PUT", path, { ...data, name: `Edited ${index}` });
  };
  await measure("publish (after one edit)", "1 s", 6, async (index) => {
    await edit(index)();
    return publish();
  });
  await lists("(all live)");
  await measure("changes, one edit against live", "", 6, async (index) => {
    await edit(index + 50)();
    return get("/changes");
  });
  await measure("explain", "20 ms", 100, async (index) => {
    const body = { method: "GET", path: `/payments/v1/items/${index}`, headers: [], sourceIp: "192.0.2.1" };
    return (await call("POST", "/explain", body)).ms;
  });
  const bulk = { filter: {}, change: { rateLimit: { requestsPerMinute: 1 } } };
  await measure(
    "bulk edit of every route, preview",
    "",
    5,
    async () => (await call("POST", "/routes/bulk", { ...bulk, dryRun: true })).ms,
  );
  await measure("bulk edit of every route", "2 s", 5, async (index) => {
    bulk.change.rateLimit.requestsPerMinute = 1_000 + index;
    const { data } = (await call("POST", "/routes/bulk", { ...bulk, dryRun: true })).answer as {
      data: { draftVersion: number; changed: number };
    };
    const body = { ...bulk, draftVersion: data.draftVersion, count: data.changed };
    return (await call("POST", "/routes/bulk", body)).ms;
  });
  // The harness gives everybody the local part of their address as password.
  const person = { email: actor.email, password: actor.email.split("@")[0] as string };
  const list = `${console_.url}/t/${SLUG}/routes`;
  scrolled.push(
    ...(await scrollTimes(list, person, COUNT).catch((error: unknown) => [
      `Scrolling: not measured (${error}).`,
    ])),
  );
} finally {
  await console_.stop();
  await gateway.stop();
  await plane.close();
  await server.stop();
}

const memory = Math.round(totalmem() / 1024 ** 3);
console.log(
  `\n${COUNT} routes. ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB, ${process.version}\n`,
);
const busy = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1));
console.log(`Load average while measuring: ${busy.join(" to ")}. ${scrolled.join(" ")}\n`);
console.log("| what | first | p50 of the others | p95 of the others | line |\n|---|---|---|---|---|");
console.log(rows.join("\n"));
