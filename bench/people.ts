import { cpus, loadavg, totalmem } from "node:os";
import { encode } from "next-auth/jwt";
import { authorize } from "#lib/access/authorize.ts";
import { sessionCookieName } from "#lib/access/session-cookie.ts";
import { env } from "#lib/env.ts";
import { listKeys } from "#lib/keys/queries.ts";
import { removeMember } from "#lib/members/commands.ts";
import { createUser, endSession } from "#lib/sign-in/commands.ts";
import { openSession } from "#lib/sign-in/sessions.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { mintServiceToken, mintToken, revokeServiceToken, revokeToken } from "#lib/tokens/commands.ts";
import { startTestServer } from "#scripts/testing/server.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { startConsole } from "#tests/harness/processes.ts";
import {
  addMembers,
  addTenants,
  letThroughAfter,
  ms,
  quantile,
  signInOnce,
  spread,
  timed,
  unique,
} from "./people-numbers.ts";

/**
 * What people and trust cost: authorization on a query, lists with very many members and tenants, fifty who sign in at
 * once, and what gets through after something was taken away. Over HTTP to a production build of the console, on a
 * PostgreSQL that waits for the disk, except for the first. `npm run bench:people`.
 */
const MEMBERS = 10_000;
const TENANTS = 1_000;
const AT_ONCE = 50;
const ROUNDS = 5;
const CALLS = 200;
const PAIRS = 1_000;
const TAKEN_AWAY = 20;

const server = await startTestServer({ durable: true });
process.env.TEST_DATABASE_SERVER_URL = server.url;
const plane = await controlPlane();
const { owner, actor } = await plane.tenant("bench");
await withClient(plane.database.superuserUrl, async (client) => {
  await addMembers(client, actor.tenant.id, MEMBERS);
  await addTenants(client, owner.userId, TENANTS);
});
const { token } = await mintToken(owner, { name: "bench", expiresInDays: 1, tenantId: null });
const console_ = await startConsole(plane.database, {
  environment: { GATEHOUSE_SECRET: process.env.GATEHOUSE_SECRET as string },
});

type Row = { what: string; measured: string; hold: string; verdict: string; load: number };
const rows: Row[] = [];
const load = () => loadavg()[0] as number;
function add(what: string, measured: string, hold: string, good: boolean): void {
  rows.push({ what, measured, hold, verdict: good ? "hold" : "MISSED", load: load() });
}

const api = (path: string, headers: Record<string, string>) =>
  fetch(`${console_.url}/api/v1${path}`, { headers });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

async function get(path: string): Promise<{ next_cursor?: string | null }> {
  const response = await api(path, bearer(token));
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** The same question with and without finding out who asks it in which tenant, in turn. */
async function authorization(): Promise<void> {
  const ask = (inside: typeof actor) => listKeys(inside, { limit: 25 });
  const bare: number[] = [];
  const whole: number[] = [];
  const alone: number[] = [];
  for (let i = -50; i < PAIRS; i++) {
    const without = await timed(() => ask(actor));
    const only = await timed(async () => authorize(await enterTenant(owner, "bench"), "tenant.read"));
    const withIt = await timed(async () => {
      const inside = await enterTenant(owner, "bench");
      authorize(inside, "tenant.read");
      await ask(inside);
    });
    if (i < 0) continue; // the first ones find nothing in memory
    bare.push(without);
    alone.push(only);
    whole.push(withIt);
  }
  rows.push({
    what: "a list of keys, its tenant and role known",
    measured: spread(bare),
    hold: "",
    verdict: "yardstick",
    load: load(),
  });
  const added = quantile(whole, 0.95) - quantile(bare, 0.95);
  add(
    "the same with entering the tenant and authorizing",
    `${spread(whole)}: p95 + ${ms(added)}`,
    "p95 + 1 ms",
    added <= 1,
  );
  const own = quantile(alone, 0.95);
  add("entering the tenant and authorizing alone", spread(alone), "p95 1 ms", own <= 1);
}

async function lists(): Promise<void> {
  const deepIn = async (path: string, pages: number) => {
    let cursor = "";
    for (let page = 0; page < pages; page++) {
      cursor = (await get(`${path}?limit=100${cursor && `&cursor=${cursor}`}`)).next_cursor ?? cursor;
    }
    return cursor;
  };
  const members = "/tenants/bench/members";
  const questions: [what: string, path: string][] = [
    [`${MEMBERS.toLocaleString("en")} members, first page of 50`, `${members}?limit=50`],
    ["members, page of 100 nine tenths in", `${members}?limit=100&cursor=${await deepIn(members, 90)}`],
    ["members, search for a part of a name", `${members}?limit=50&q=Number+77`],
    ["members, search that finds nothing", `${members}?limit=50&q=nobody-like-this`],
    ["members, counts by role", `${members}/counts`],
    [`${TENANTS.toLocaleString("en")} tenants of a person, first page of 50`, "/tenants?limit=50"],
    ["tenants, page of 100 nine tenths in", `/tenants?limit=100&cursor=${await deepIn("/tenants", 9)}`],
    ["tenants, search for a part of a name", "/tenants?limit=50&q=number+77"],
  ];
  for (const [what, path] of questions) {
    const times: number[] = [];
    for (let call = -5; call < CALLS; call++) {
      const time = await timed(() => get(path));
      if (call >= 0) times.push(time);
    }
    add(what, spread(times), "p95 50 ms", quantile(times, 0.95) <= 50);
  }
}

async function signIns(): Promise<void> {
  const password = "tangerine quilt zeppelin morse";
  const people = Array.from({ length: AT_ONCE }, (_, index) => `signs-in-${index}@bench.example`);
  for (const email of people) await createUser({ email, name: "Somebody", password });
  await (await signInOnce(console_.url, people[0] as string, password))();
  const times: number[] = [];
  let errors = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const ready = await Promise.all(people.map((email) => signInOnce(console_.url, email, password)));
    const done = await Promise.allSettled(ready.map((send) => send()));
    for (const each of done) {
      if (each.status === "fulfilled") times.push(each.value);
      else errors++;
    }
  }
  add(
    `${AT_ONCE} people sign in at once, from one address, ${ROUNDS} times`,
    `${spread(times)}; ${errors} errors`,
    "p95 1 s, no error",
    errors === 0 && quantile(times, 0.95) <= 1_000,
  );
}

type Case = { ask: () => Promise<boolean>; revoke: () => Promise<unknown> };

async function takenAway(): Promise<void> {
  const letIn = (path: string, headers: Record<string, string>) => async () => {
    const response = await api(path, headers);
    await response.text();
    return response.ok;
  };
  const cookieFor = async (userId: string) => {
    const id = await openSession({ userId, method: "password", from: { ip: "", userAgent: "" } });
    const jwt = await encode({ token: { sid: id }, secret: env.secret });
    return { id, headers: { cookie: `${sessionCookieName(false)}=${jwt}` } };
  };
  const cases: Record<string, () => Promise<Case>> = {
    "a revoked token": async () => {
      const made = await mintToken(owner, { name: unique(), expiresInDays: 1, tenantId: null });
      return {
        ask: letIn("/tenants/bench", bearer(made.token)),
        revoke: () => revokeToken(owner, { id: made.id, tenantId: null }),
      };
    },
    "a revoked service token": async () => {
      const made = await mintServiceToken(actor, {
        name: unique(),
        expiresInDays: 1,
        permissions: ["tenant.read"],
      });
      return {
        ask: letIn("/tenants/bench", bearer(made.token)),
        revoke: () => revokeServiceToken(actor, { id: made.id }),
      };
    },
    "an ended session": async () => {
      const { id, headers } = await cookieFor(owner.userId);
      return { ask: letIn("/tenants/bench", headers), revoke: () => endSession(id) };
    },
    "a removed member": async () => {
      const member = await plane.member(actor, "viewer");
      const { headers } = await cookieFor(member.userId);
      return {
        ask: letIn("/tenants/bench", headers),
        revoke: () => removeMember(actor, { userId: member.userId, seen: null }),
      };
    },
  };
  for (const [what, make] of Object.entries(cases)) {
    let through = 0;
    for (let time = 0; time < TAKEN_AWAY; time++) {
      const { ask, revoke } = await make();
      through += await letThroughAfter(ask, revoke);
    }
    add(
      `${what}, ${TAKEN_AWAY} times under load: let through afterwards`,
      `${through} of ${TAKEN_AWAY * 40} requests`,
      "0",
      through === 0,
    );
  }
}

try {
  await authorization();
  await lists();
  await signIns();
  await takenAway();
} finally {
  await console_.stop();
  await plane.close();
  await server.stop();
}

const memory = Math.round(totalmem() / 1024 ** 3);
console.log(
  `\n${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB, Node ${process.version}\n`,
);
console.log("| what | measured | hold | | load |\n|---|---|---|---|---|");
for (const { what, measured, hold, verdict, load } of rows) {
  console.log(`| ${what} | ${measured} | ${hold} | ${verdict} | ${load.toFixed(1)} |`);
}
process.exitCode = rows.some(({ verdict }) => verdict === "MISSED") ? 1 : 0;
