import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { encode } from "next-auth/jwt";
import { sessionCookieName } from "#lib/access/session-cookie.ts";
import { formatCredential } from "#lib/contract/credential.ts";
import { closeDatabase, database } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { openSession } from "#lib/sign-in/sessions.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { dispatch } from "./dispatch.ts";
import { createRequestLimits } from "./request-limits.ts";

// Small enough that a test reaches them; read with the first request.
process.env.API_READS_PER_MINUTE = "40";
process.env.API_CHANGES_PER_MINUTE = "10";
process.env.API_OPEN_PER_MINUTE = "12";
process.env.API_FAILURES_PER_MINUTE = "20";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

type Asked = { token?: string; cookie?: string; from: string; method?: string; body?: unknown };

async function ask(path: string, { token, cookie, from, method = "GET", body }: Asked) {
  const response = await dispatch(
    new Request(`http://127.0.0.1:3000/api/v1${path}`, {
      method,
      headers: {
        "x-forwarded-for": from,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(cookie ? { cookie, origin: "http://127.0.0.1:3000" } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, headers: response.headers, json: await response.json() };
}

async function ownerWithToken(slug: string) {
  const { owner, actor } = await plane.tenant(slug);
  const { token } = await mintToken(owner, { name: "t", expiresInDays: 1, tenantId: null });
  return { owner, actor, token };
}

test("a token that reads too much gets 429 with the time to wait; another token of the same person does not", async () => {
  const { owner, token } = await ownerWithToken("reader");
  const { token: second } = await mintToken(owner, { name: "u", expiresInDays: 1, tenantId: null });
  const from = "192.0.2.1";
  const first = await ask("/tenants/reader", { token, from });
  assert.equal(first.headers.get("ratelimit-policy"), '"reads";q=40;w=60');
  assert.match(first.headers.get("ratelimit") ?? "", /^"reads";r=39;t=\d+$/);
  const statuses: number[] = [];
  for (let i = 0; i < 45; i++) statuses.push((await ask("/tenants/reader", { token, from })).status);
  assert.ok(statuses.includes(429));
  assert.equal(statuses.indexOf(429) >= 39, true, "not before the limit");
  const refused = await ask("/tenants/reader", { token, from });
  assert.equal(refused.status, 429);
  assert.equal(refused.json.error.code, "too_many_requests");
  assert.match(refused.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  assert.equal((await ask("/tenants/reader", { token: second, from })).status, 200);
  assert.equal(
    (await ask("/tenants/reader", { token, from: "192.0.2.77" })).status,
    429,
    "another address does not help",
  );
});

test("changes have a limit of their own, and what is dear counts for more", async () => {
  const { token } = await ownerWithToken("changer");
  const from = "192.0.2.2";
  const rename = () => ask("/tenants/changer", { token, from, method: "PATCH", body: { name: "n" } });
  const statuses: number[] = [];
  for (let i = 0; i < 11; i++) statuses.push((await rename()).status);
  assert.deepEqual(statuses, [...Array(10).fill(200), 429]);
  assert.equal((await ask("/tenants/changer", { token, from })).status, 200, "reading goes on");
  const explain = await ask("/tenants/changer/explain", {
    token,
    from,
    method: "POST",
    body: { method: "GET", path: "/x" },
  });
  assert.match(
    explain.headers.get("ratelimit") ?? "",
    /^"reads";r=3[45];/,
    "explaining is a read, and counts as five",
  );
});

test("a browser's session has its own limit; a request that another site's page sent does not use it up", async () => {
  const { owner } = await plane.tenant("browsed");
  const sessionId = await openSession({
    userId: owner.userId,
    method: "password",
    from: { ip: "", userAgent: "" },
  });
  const jwt = await encode({ token: { sid: sessionId }, secret: env.secret });
  const cookie = `${sessionCookieName(false)}=${jwt}`;
  for (let i = 0; i < 15; i++) {
    const forged = await dispatch(
      new Request("http://127.0.0.1:3000/api/v1/tenants/browsed", {
        method: "PATCH",
        headers: { cookie, origin: "https://evil.example", "content-type": "application/json" },
        body: '{"name":"x"}',
      }),
    );
    assert.equal(forged.status, 403);
  }
  const own = await ask("/tenants/browsed", {
    cookie,
    from: "192.0.2.3",
    method: "PATCH",
    body: { name: "mine" },
  });
  assert.equal(own.status, 200);
});

test("what needs no credentials is limited by address, and so is one host with all of an IPv6 network", async () => {
  const statuses: number[] = [];
  for (const from of ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::3"]) {
    statuses.push((await ask("/openapi.json", { from })).status);
  }
  assert.deepEqual(statuses, [200, 200, 429], "the document counts as five of twelve");
  assert.equal((await ask("/openapi.json", { from: "2001:db8:0:1::1" })).status, 200);
});

test("an address that guesses is refused without asking the database; who worked there before goes on", async (context) => {
  const { token } = await ownerWithToken("guessed");
  const from = "192.0.2.4";
  assert.equal((await ask("/tenants/guessed", { token, from })).status, 200);
  const guess = () => formatCredential("accessToken", crypto.getRandomValues(new Uint8Array(32)));
  const statuses: number[] = [];
  for (let i = 0; i < 25; i++) statuses.push((await ask("/me", { token: guess(), from })).status);
  assert.equal(statuses[0], 401);
  assert.equal(statuses.at(-1), 429);
  assert.equal((await ask("/tenants/guessed", { token, from })).status, 200, "known to be good");
  assert.equal((await ask("/me", { from })).status, 429, "without any credentials either");
  assert.equal((await ask("/me", { token: guess(), from: "192.0.2.5" })).status, 401, "another address");

  // With the database gone, an answer shows that nobody asked it.
  const url = process.env.CONSOLE_DATABASE_URL as string;
  await closeDatabase();
  process.env.CONSOLE_DATABASE_URL = "postgresql://nobody@127.0.0.1:1/none";
  context.after(async () => {
    await closeDatabase();
    process.env.CONSOLE_DATABASE_URL = url;
    await database().$queryRaw`SELECT 1`;
  });
  assert.equal((await ask("/me", { token: guess(), from })).status, 429);
  assert.equal(
    (await ask("/me", { token: guess(), from: "192.0.2.6" })).status,
    503,
    "this one would be looked up",
  );
});

test("the console's own pages stay far below the limits, with four windows open on the busiest", () => {
  // The busiest page that there is asks for the job every second, for its deliveries every 2 s, and the frame around
  // it every 2 s for what is live and every 5 s for support; each window does.
  const perWindow = 60 + 30 + 30 + 12;
  const limits = { reads: 1_200, changes: 300, open: 300, failures: 120 };
  let now = 0;
  const counted = createRequestLimits(limits, () => now);
  const actor = { proof: { type: "session", sessionId: "s" } } as Parameters<typeof counted.known>[0];
  const endpoint = { method: "GET", access: { kind: "person" } } as Parameters<typeof counted.known>[1];
  for (let second = 0; second < 600; second++) {
    now = second * 1_000;
    for (let i = 0; i < Math.ceil((4 * perWindow) / 60); i++) counted.known(actor, endpoint, 1);
  }
});
