import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import type { Route, RouteFieldsInput } from "#lib/contract/route.ts";
import { eventually } from "../../tests/harness/eventually.ts";
import {
  type GatewayFixture,
  gatewayFixture,
  rawExchange,
  type TestKey,
  type TestTenant,
  testRoute,
} from "../../tests/harness/gateway.ts";

let fixture: GatewayFixture;
let acme: TestTenant;
let key: TestKey;
let other: TestKey;
let routes: Route[];
let up: string;

/** How often the upstream was asked, by path and query; and requests that wait until they are let go. */
const asked = new Map<string, number>();
let letGo: () => void = () => undefined;
let held = new Promise<void>((resolve) => {
  letGo = resolve;
});
const MEGABYTE = 1_048_576;

async function answerUpstream(
  req: IncomingMessage,
): Promise<[Record<string, string | string[]>, string | Buffer, number?]> {
  const url = new URL(req.url as string, "http://up");
  const count = (asked.get(req.url as string) ?? 0) + 1;
  asked.set(req.url as string, count);
  const said = url.searchParams.get("say");
  const headers = said ? (JSON.parse(said) as Record<string, string>) : {};
  const status = Number(url.searchParams.get("status") ?? 200);
  if (url.pathname === "/held") await held;
  if (url.pathname === "/large")
    return [headers, Buffer.alloc(Number(url.searchParams.get("bytes")), 97), status];
  return [headers, `${count} for ${req.headers.accept ?? "anything"}`, status];
}
const upstream = createServer(async (req, res) => {
  if (req.url?.startsWith("/cut")) {
    asked.set(req.url, (asked.get(req.url) ?? 0) + 1);
    res.writeHead(200, { "content-length": "100" });
    res.write("half");
    return void setImmediate(() => req.socket.destroy());
  }
  const [headers, body, status] = await answerUpstream(req);
  res.writeHead(status ?? 200, headers);
  if (req.url?.includes("chunked")) res.write("chunk ");
  res.end(body);
});

before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  up = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  fixture = await gatewayFixture({
    functions: {
      // A new thread may count from one again; what tells two runs apart is the request's id.
      "run.mjs": `export const handler = (event) => ({ statusCode: 200,
        headers: { "Content-Type": "text/plain", ETag: '"v1"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
          "X-Own": "1", "X-Cache": "forged", ...JSON.parse(event.queryStringParameters?.say ?? "{}") },
        body: event.httpMethod + " " + event.requestContext.requestId });`,
      "throws.mjs": "export const handler = () => { throw new Error('no'); };",
    },
  });
  acme = await fixture.tenant("acme");
  key = await fixture.mint(acme);
  other = await fixture.mint(acme);
  const fn = { type: "function", function: "run" } as const;
  const cached = (path: string, fields: Partial<RouteFieldsInput> = {}) =>
    testRoute({ path, target: fn, cache: { ttlSeconds: 60 }, ...fields });
  const keyed = { mode: "api-key" } as const;
  routes = [
    cached("/open/*"),
    cached("/keyed/*", { auth: keyed }),
    cached("/any/*", { method: "ANY" }),
    cached("/heads/*", { method: "HEAD" }),
    cached("/short", { cache: { ttlSeconds: 1 } }),
    cached("/listed", {
      cors: { allowOrigins: ["https://a.example", "https://b.example"], allowCredentials: true },
    }),
    cached("/limited", { rateLimit: { requestsPerMinute: 2 } }),
    cached("/checked", { validation: { query: { type: "object", properties: { n: { type: "integer" } } } } }),
    cached("/throws", { target: { type: "function", function: "throws" } }),
    cached("/dated", { apiVersion: "2024-01-01" }),
    cached("/dated", { apiVersion: "2025-01-01" }),
    cached("/up/*", { target: { type: "http", url: up } }),
    cached("/changed/*", {
      transform: { response: { setHeaders: { "X-Set": "1" }, removeHeaders: ["Set-Cookie", "ETag"] } },
    }),
    testRoute({ path: "/plain", target: fn }),
  ];
  await fixture.served(acme, await fixture.publish(acme, routes));
});

after(async () => {
  letGo();
  await fixture?.close();
  upstream.closeAllConnections();
  upstream.close();
});

type Sent = RequestInit & { key?: TestKey };
async function call(path: string, { key: with_, ...init }: Sent = {}, at = fixture.url) {
  const headers = new Headers(init.headers);
  if (with_) headers.set("X-Api-Key", with_.key);
  const response = await fetch(`${at}/gw/acme${path}`, { redirect: "manual", ...init, headers });
  return {
    status: response.status,
    headers: response.headers,
    cache: response.headers.get("x-cache"),
    body: await response.text(),
  };
}
/** fetch asks for no-cache by itself when a condition is given. */
const anyAge = { "Cache-Control": "max-age=3600" };
const say = (headers: Record<string, string>) => `say=${encodeURIComponent(JSON.stringify(headers))}`;
async function outcomes(path: string, ...requests: Sent[]): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (const request of requests) found.push((await call(path, request)).cache);
  return found;
}

test("the second request is answered from the cache, with its age and a request ID of its own", async () => {
  const first = await call("/open/a");
  const second = await call("/open/a");
  assert.deepEqual([first.cache, second.cache], ["miss", "hit"]);
  assert.equal(second.body, first.body);
  assert.ok(first.body.endsWith(first.headers.get("x-request-id") as string));
  assert.notEqual(second.headers.get("x-request-id"), first.headers.get("x-request-id"));
  assert.equal(second.headers.get("age"), "0");
  for (const name of ["x-own", "etag", "content-type", "content-length"]) {
    assert.equal(second.headers.get(name), first.headers.get(name), name);
  }
  const line = await eventually("the line is logged", async () =>
    fixture.lines.find(({ requestId }) => requestId === second.headers.get("x-request-id")),
  );
  assert.equal(line.cache, "hit");
});

test("path, query, API version and host keep answers apart, as do spellings that a handler can tell", async () => {
  await call("/open/apart?x=1");
  for (const path of [
    "/open/apart?x=2",
    "/open/apart",
    "/open/apart?",
    "/open/apart/b",
    "/open/%61part?x=1",
  ]) {
    if (path !== "/open/apart?") assert.equal((await call(path)).cache, "miss", path);
  }
  assert.equal((await call("/open/apart?x=1", { headers: { "X-Api-Version": "1" } })).cache, "miss");
  assert.equal((await call("/open/apart?x=1")).cache, "hit");
  const dated = (version: string) => call("/dated", { headers: { "X-Api-Version": version } });
  const one = await dated("2024-01-01");
  assert.notEqual((await dated("2025-01-01")).body, one.body);
  assert.equal((await dated("2024-01-01")).body, one.body);
  const { host } = new URL(fixture.url);
  const raw = await rawExchange(
    fixture.url,
    "GET /gw/acme/open/apart HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
  );
  assert.match(raw, /X-Cache: miss/, "a Host that the target may repeat");
  assert.ok(host);
});

test("two keys never share an answer, and a key is checked before anything is answered", async () => {
  const mine = await call("/keyed/a", { key });
  const theirs = await call("/keyed/a", { key: other });
  assert.deepEqual([mine.cache, theirs.cache], ["miss", "miss"]);
  assert.notEqual(mine.body, theirs.body);
  assert.equal((await call("/keyed/a", { key })).body, mine.body);
  assert.equal((await call("/keyed/a", { key: other })).body, theirs.body);
  const none = await call("/keyed/a");
  assert.deepEqual([none.status, none.cache], [401, null]);
  const third = await fixture.mint(acme);
  assert.deepEqual(await outcomes("/keyed/a", { key: third }, { key: third }), ["miss", "hit"]);
  await fixture.revoke(third);
  await eventually("the revoked key is refused", async () =>
    (await call("/keyed/a", { key: third })).status === 401 ? true : undefined,
  );
});

test("credentials that the route does not check pass the cache by", async () => {
  for (const headers of [{ Authorization: "Basic eA==" }, { Cookie: "session=1" }, { "X-Api-Key": "k" }]) {
    const [first, second] = await outcomes("/open/own", { headers }, { headers });
    assert.deepEqual([first, second], ["bypass", "bypass"], JSON.stringify(headers));
  }
  assert.deepEqual(await outcomes("/open/own", {}, {}), ["miss", "hit"]);
});

test("CORS headers are made for each request, whoever's request filled the cache", async () => {
  const from = (origin: string) => call("/listed", { headers: { Origin: origin } });
  const a = await from("https://a.example");
  const b = await from("https://b.example");
  const stranger = await from("https://c.example");
  const none = await call("/listed");
  assert.deepEqual(
    [a, b, stranger, none].map(({ cache }) => cache),
    ["miss", "hit", "hit", "hit"],
  );
  const allowed = (answer: typeof a) => answer.headers.get("access-control-allow-origin");
  assert.deepEqual([a, b, stranger, none].map(allowed), [
    "https://a.example",
    "https://b.example",
    null,
    null,
  ]);
  for (const each of [a, b, stranger, none]) assert.equal(each.headers.get("vary"), "Origin");
});

test("Vary keeps answers apart; what says * or a cookie is never kept", async () => {
  const as = (accept: string) => ({ headers: { Accept: accept } });
  const vary = `/up/vary?${say({ Vary: "Accept" })}`;
  const xml = await call(vary, as("application/xml"));
  const json = await call(vary, as("application/json"));
  assert.deepEqual([xml.body, json.body], ["1 for application/xml", "2 for application/json"]);
  const again = await call(vary, as("application/xml"));
  assert.deepEqual([again.cache, again.body], ["hit", xml.body]);
  assert.equal((await call(vary, as("application/json"))).body, json.body);
  for (const refusal of [
    { Vary: "*" },
    { "Set-Cookie": "a=1" },
    { "Cache-Control": "private" },
    { "Cache-Control": "no-store" },
  ] as Record<string, string>[]) {
    assert.deepEqual(
      await outcomes(`/open/refused?${say(refusal)}`, {}, {}),
      ["miss", "miss"],
      JSON.stringify(refusal),
    );
  }
  const gzip = `/up/coded?${say({ "Content-Encoding": "identity" })}`;
  const coding = (value: string) => ({ headers: { "Accept-Encoding": value } });
  assert.deepEqual(await outcomes(gzip, coding("gzip"), coding("br"), coding("gzip")), [
    "miss",
    "miss",
    "hit",
  ]);
});

test("only what says what a resource is like is kept, and a gateway's own error never is", async () => {
  for (const status of [200, 301, 404, 410]) {
    assert.deepEqual(await outcomes(`/up/status?status=${status}`, {}, {}), ["miss", "hit"], `${status}`);
    assert.equal((await call(`/up/status?status=${status}`)).status, status);
  }
  for (const status of [201, 302, 401, 500, 503]) {
    assert.deepEqual(await outcomes(`/up/status?status=${status}`, {}, {}), ["miss", "miss"], `${status}`);
  }
  assert.deepEqual(await outcomes("/up/empty?status=204", {}, {}), ["miss", "hit"]);
  assert.equal((await call("/up/empty?status=204")).headers.get("content-length"), null);
  assert.deepEqual(await outcomes("/throws", {}, {}), ["miss", "miss"]);
});

test("HEAD is answered from a kept GET, and of an upstream on its own", async () => {
  const got = await call("/open/head");
  const head = await call("/open/head", { method: "HEAD" });
  assert.deepEqual(
    [head.cache, head.body, head.headers.get("content-length")],
    ["hit", "", String(got.body.length)],
  );
  const first = await call("/open/head-first", { method: "HEAD" });
  const then = await call("/open/head-first");
  assert.deepEqual([first.cache, then.cache], ["miss", "hit"], "the handler had answered as to GET");
  assert.ok(then.body.startsWith("GET "));
  const ups = `/up/head`;
  assert.deepEqual(await outcomes(ups, { method: "HEAD" }, { method: "HEAD" }), ["miss", "hit"]);
  const whole = await call(ups);
  assert.deepEqual(
    [whole.cache, whole.body],
    ["miss", "2 for */*"],
    "an answer without its body is no answer to GET",
  );
  assert.equal((await call(ups, { method: "HEAD" })).cache, "hit");
  assert.deepEqual(await outcomes("/heads/a", { method: "HEAD" }, { method: "HEAD" }), ["miss", "hit"]);
});

test("other methods, ranges and bodies reach the target", async () => {
  const post = { method: "POST", body: "x" };
  assert.deepEqual(await outcomes("/any/a", post, post), ["bypass", "bypass"]);
  assert.deepEqual(await outcomes("/any/a", {}, {}), ["miss", "hit"]);
  assert.equal((await call("/any/a", { headers: { Range: "bytes=0-1" } })).cache, "bypass");
  const fat = "GET /gw/acme/any/a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx";
  assert.match(await rawExchange(fixture.url, fat), /X-Cache: bypass/);
  assert.equal((await call("/plain")).cache, "forged", "a route without a cache says nothing of its own");
});

test("a caller can refuse what was kept, and no-cache renews it for everybody", async () => {
  const first = await call("/open/renew");
  const stored = { headers: { "Cache-Control": "no-store" } };
  assert.equal((await call("/open/renew", stored)).cache, "bypass");
  assert.equal((await call("/open/renew")).body, first.body);
  const renewed = await call("/open/renew", { headers: { "Cache-Control": "no-cache" } });
  assert.equal(renewed.cache, "bypass");
  assert.notEqual(renewed.body, first.body);
  const hit = await call("/open/renew");
  assert.deepEqual([hit.cache, hit.body], ["hit", renewed.body]);
});

test("who has the answer already gets 304, with its validators and without a body", async () => {
  const first = await call("/open/known");
  const known = await call("/open/known", {
    headers: { ...anyAge, "If-None-Match": '"v0", W/"v1"', Origin: "https://x" },
  });
  assert.deepEqual([known.status, known.cache, known.body], [304, "hit", ""]);
  assert.equal(known.headers.get("etag"), '"v1"');
  assert.equal(known.headers.get("content-type"), null);
  assert.equal(known.headers.get("access-control-allow-origin"), "*");
  const since = (date: string) => call("/open/known", { headers: { ...anyAge, "If-Modified-Since": date } });
  assert.equal((await since("Fri, 02 Jan 2026 00:00:00 GMT")).status, 304);
  assert.equal((await since("Thu, 01 Jan 2015 00:00:00 GMT")).body, first.body);
  const changed = await call("/open/known", { headers: { ...anyAge, "If-None-Match": '"v2"' } });
  assert.deepEqual([changed.status, changed.body], [200, first.body]);
});

test("an answer ends with the route's time, or sooner when the target says so", async () => {
  const first = await call("/short");
  const next = await eventually("the answer has ended", async () => {
    const answer = await call("/short");
    return answer.body === first.body ? undefined : answer;
  });
  assert.equal(next.cache, "miss");
  assert.deepEqual(await outcomes(`/open/now?${say({ "Cache-Control": "max-age=0" })}`, {}, {}), [
    "miss",
    "miss",
  ]);
  const aged = `/up/aged?${say({ Age: "7", "Cache-Control": "max-age=60" })}`;
  assert.deepEqual(await outcomes(aged, {}), ["miss"]);
  assert.ok(Number((await call(aged)).headers.get("age")) >= 7);
});

test("hits count for the limit, and what does not validate is refused before the cache", async () => {
  const answers = [await call("/limited"), await call("/limited"), await call("/limited")];
  assert.deepEqual(
    answers.map(({ status, cache }) => [status, cache]),
    [
      [200, "miss"],
      [200, "hit"],
      [429, null],
    ],
  );
  assert.match(answers[1]?.headers.get("ratelimit") ?? "", /r=0/);
  assert.match(answers[0]?.headers.get("ratelimit") ?? "", /r=1/);
  const wrong = await call("/checked?n=x");
  assert.deepEqual([wrong.status, wrong.cache], [422, null]);
});

test("a publish that leaves a route alone leaves its answers, and one that changes it does not", async () => {
  const before_ = await call("/open/published");
  const [open, ...rest] = routes as [Route, ...Route[]];
  const more = testRoute({ path: "/more", target: { type: "function", function: "run" } });
  await fixture.served(acme, await fixture.publish(acme, [open, ...rest, more]));
  assert.equal((await call("/open/published")).body, before_.body);
  const changed = { ...open, cache: { ttlSeconds: 59 } };
  await fixture.served(acme, await fixture.publish(acme, [changed, ...rest]));
  const after_ = await call("/open/published");
  assert.deepEqual([after_.cache, after_.body === before_.body], ["miss", false]);
  await fixture.served(acme, await fixture.publish(acme, routes));
  assert.equal((await call("/open/published")).body, before_.body, "rolled back, it is the same route again");
});

test("answers stream through whole, and only those up to 1 MiB are kept", async () => {
  const large = (bytes: number, more = "") => `/up/large?bytes=${bytes}${more}`;
  for (const path of [large(MEGABYTE), large(MEGABYTE - 6, "&chunked")]) {
    const first = await call(path);
    const second = await call(path);
    assert.deepEqual([first.cache, second.cache, second.body.length], ["miss", "hit", MEGABYTE], path);
    assert.equal(second.headers.get("content-length"), String(MEGABYTE));
    assert.ok(second.body === first.body);
  }
  for (const path of [large(MEGABYTE + 1), large(MEGABYTE, "&chunked")]) {
    assert.deepEqual(await outcomes(path, {}, {}), ["miss", "miss"], path);
  }
});

test("an answer that was cut off is never kept", async () => {
  for (let times = 1; times <= 2; times++) {
    await assert.rejects(call("/up/cut"));
    assert.equal(asked.get("/cut"), times);
  }
});

test("requests that are alike and come at once ask the target once", async () => {
  const calls = Array.from({ length: 20 }, () => call("/up/held"));
  await eventually("the upstream is asked", async () => (asked.get("/held") ? true : undefined));
  letGo();
  const answers = await Promise.all(calls);
  assert.equal(asked.get("/held"), 1);
  assert.deepEqual(new Set(answers.map(({ body }) => body)).size, 1);
  assert.deepEqual(answers.filter(({ cache }) => cache === "miss").length, 1);
});

test("those who wait for a caller that goes away ask for themselves", async () => {
  held = new Promise((resolve) => {
    letGo = resolve;
  });
  const leaves = new AbortController();
  const leader = call("/up/held?2", { signal: leaves.signal });
  await eventually("the upstream is asked", async () => (asked.get("/held?2") ? true : undefined));
  const waiting = call("/up/held?2");
  const rejected = assert.rejects(leader);
  leaves.abort();
  await rejected;
  await eventually("the one that waited asks for itself", async () =>
    asked.get("/held?2") === 2 ? true : undefined,
  );
  letGo();
  assert.deepEqual([(await waiting).cache, (await waiting).status], ["miss", 200]);
});

test("what was kept is what the transformation made of it, judged by what the target said", async () => {
  assert.deepEqual(await outcomes(`/changed/a?${say({ "Set-Cookie": "a=1" })}`, {}, {}), ["miss", "miss"]);
  const first = await call("/changed/b");
  const second = await call("/changed/b", { headers: { ...anyAge, "If-None-Match": '"v1"' } });
  assert.deepEqual([first.cache, second.cache, second.status], ["miss", "hit", 200]);
  for (const each of [first, second]) {
    assert.deepEqual([each.headers.get("x-set"), each.headers.get("etag")], ["1", null]);
  }
});

test("the memory is bounded, another gateway keeps its own, and none at all keeps nothing", async () => {
  const small = await gatewayFixture({ cacheMb: 0 });
  try {
    const tenant = await small.tenant("acme");
    const route = testRoute({ path: "/up/*", target: { type: "http", url: up }, cache: { ttlSeconds: 60 } });
    await small.served(tenant, await small.publish(tenant, [route]));
    for (let i = 0; i < 2; i++) assert.equal((await call("/up/none", {}, small.url)).cache, "bypass");
  } finally {
    await small.close();
  }
});
