import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import test, { type TestContext } from "node:test";
import fc from "fast-check";
import { createConsoleServer } from "./server.ts";

type Seen = { url: string; headers: IncomingHttpHeaders };
type Overrides = { consoleUrl?: string; trustedProxies?: number };

/** The server on a free port, before something that says what reached it. */
async function serve(context: TestContext, { consoleUrl, trustedProxies = 0 }: Overrides = {}) {
  const seen: Seen[] = [];
  const address = new URL(consoleUrl ?? "http://127.0.0.1:3000");
  const server = createConsoleServer(
    async (request, response) => {
      seen.push({ url: request.url ?? "", headers: request.headers });
      response.setHeader("Cache-Control", "public, max-age=60");
      response.end("from the application");
    },
    {
      consoleUrl: address,
      gatewayOrigin: "https://api.example",
      trustedProxies,
      dev: false,
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = (server.address() as { port: number }).port;
  if (consoleUrl === undefined) address.port = String(port);
  return { server, port, seen, url: `http://127.0.0.1:${port}` };
}

type RawAnswer = { status: number; headers: Map<string, string>; body: string };

/** Sends bytes as they are and reads until the other side hangs up. */
function raw(port: number, bytes: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const [head = "", body = ""] = text.split("\r\n\r\n", 2);
      const [first = "", ...lines] = head.split("\r\n");
      const headers = new Map(
        lines.map((line) => [
          line.slice(0, line.indexOf(":")).toLowerCase(),
          line.slice(line.indexOf(":") + 2),
        ]),
      );
      resolve({ status: Number(first.split(" ")[1]), headers, body });
    });
  });
}

const get = (path: string, host = "127.0.0.1", more = "") =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`;

const ON_EVERYTHING = [
  "x-content-type-options",
  "x-frame-options",
  "referrer-policy",
  "permissions-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "content-security-policy",
  "x-robots-tag",
];

test("every answer has the headers that make it safe, whoever wrote it and however broken the request was", async (context) => {
  const { port } = await serve(context, { consoleUrl: "http://127.0.0.1" });
  const requests: [number, string][] = [
    [200, get("/")],
    [200, get("/api/v1/me")],
    [200, get("/_next/static/chunks/a.js")],
    [200, get("/robots.txt")],
    [302, get("/.well-known/change-password")],
    [307, get("/t/acme", "localhost:3000")],
    [400, "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
    [400, "GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"],
    [400, get("/t/%ff")],
    [400, get("/api/v1/tenants/%C0%AF")],
    [
      400,
      "GET /_next/webpack-hmr HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
    [200, get("/", "127.0.0.1", "Expect: the-unexpected\r\n")],
    [400, "BLA\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n"],
    [404, get("//evil.example/%2e%2e")],
    [405, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"],
    [405, "TRACE /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"],
    [414, get(`/${"a".repeat(9_000)}`)],
    [421, get("/", "evil.example")],
    [431, get("/", "127.0.0.1", `X-Long: ${"a".repeat(20_000)}\r\n`)],
    [
      501,
      "POST /api/v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
    ],
  ];
  for (const [status, bytes] of requests) {
    const answer = await raw(port, bytes);
    const what = JSON.stringify(bytes.slice(0, 80));
    assert.equal(answer.status, status, what);
    for (const name of ON_EVERYTHING) assert.ok(answer.headers.get(name), `${name} of ${what}`);
    assert.equal(answer.headers.get("x-powered-by"), undefined);
    assert.equal(answer.headers.get("strict-transport-security"), undefined, "not over plain http");
    if (status >= 400) assert.ok(answer.body.length > 20, `${status} in words`);
  }
});

test("nothing but files that are the same for everybody may be kept by a cache, whatever the application says", async (context) => {
  const { url } = await serve(context);
  for (const path of ["/", "/t/acme/keys", "/api/v1/me", "/api/auth/session", "/claim", "/nowhere"]) {
    assert.equal((await fetch(url + path)).headers.get("cache-control"), "no-store", path);
  }
  const file = await fetch(`${url}/_next/static/chunks/a.js`);
  assert.equal(file.headers.get("cache-control"), "public, max-age=60");
});

test("a page's policy names a nonce of its own in every answer, allows nothing inline without it, and the application is told", async (context) => {
  const { url, seen } = await serve(context);
  const nonces = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const forged = { "content-security-policy": "script-src 'nonce-mine'", "x-gatehouse-nonce": "mine" };
    const policy =
      (await fetch(`${url}/sign-in`, { headers: forged })).headers.get("content-security-policy") ?? "";
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
    assert.doesNotMatch(scripts, /unsafe|\*|https?:|data:|mine/);
    const nonce = /'nonce-([A-Za-z0-9+/]{24})'/.exec(scripts)?.[1] ?? "";
    assert.equal(seen.at(-1)?.headers["x-gatehouse-nonce"], nonce);
    assert.equal(seen.at(-1)?.headers["content-security-policy"], policy);
    nonces.add(nonce);
    for (const rule of [
      "default-src 'none'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      assert.ok(policy.includes(rule), rule);
    }
    assert.match(policy, /connect-src 'self';/);
  }
  assert.equal(nonces.size, 20);
  const claim = (await fetch(`${url}/claim`)).headers;
  assert.match(
    claim.get("content-security-policy") ?? "",
    /connect-src 'self' https:\/\/api\.example; .*form-action 'none'/,
  );
  assert.equal(claim.get("referrer-policy"), "no-referrer");
  const data = (await fetch(`${url}/api/v1/me`)).headers.get("content-security-policy") ?? "";
  assert.match(data, /^default-src 'none'.*sandbox/);
});

test("the application hears of one host, one scheme and one client address, whatever the request claims", async (context) => {
  const { url, seen } = await serve(context, { consoleUrl: "https://gate.example" });
  await fetch(`${url}/api/v1/me`, {
    headers: {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "gopher",
      "x-forwarded-port": "1",
      forwarded: "host=evil.example",
      "x-original-url": "/support",
      "x-rewrite-url": "/support",
      "x-middleware-subrequest": "middleware:middleware",
      "x-forwarded-for": "10.0.0.1",
      "x-gatehouse-address": "//evil.example",
    },
  });
  const { host, connection, accept, ...headers } = seen[0]?.headers ?? {};
  assert.equal(host, "gate.example");
  assert.equal(headers["x-forwarded-host"], "gate.example");
  assert.equal(headers["x-forwarded-proto"], "https");
  assert.equal(headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(headers["x-gatehouse-address"], "/api/v1/me");
  assert.doesNotMatch(JSON.stringify(headers), /evil|gopher|support|subrequest/);
});

test("over TLS browsers are told to stay there", async (context) => {
  const { url } = await serve(context, { consoleUrl: "https://gate.example" });
  for (const path of ["/", "/api/v1/me", "/_next/static/a.js"]) {
    assert.match((await fetch(url + path)).headers.get("strict-transport-security") ?? "", /^max-age=\d{8}/);
  }
});

test("a foreign name is answered with 421 and reaches nothing; addresses and this machine's own names are not foreign", async (context) => {
  const { port, seen } = await serve(context, { consoleUrl: "https://gate.example" });
  for (const host of [
    "evil.example",
    "gate.example.evil.example",
    "gate.example:444",
    "x.gate.example",
    "127.0.0.1.nip.io",
    "localhost.evil.example",
  ]) {
    assert.equal((await raw(port, get("/api/v1/me", host))).status, 421, host);
  }
  for (const host of [
    "gate.example@evil.example",
    "gate.example/evil",
    "gate.example\\evil",
    "evil.example?gate.example",
    "[::1",
    "%67ate.example",
    "gäte.example",
  ]) {
    assert.equal((await raw(port, get("/api/v1/me", host))).status, 400, host);
  }
  assert.equal(seen.length, 0);
  for (const host of [
    "gate.example",
    "GATE.example:443",
    "127.0.0.1:3000",
    "10.0.0.7",
    "[::1]:3000",
    "localhost",
  ]) {
    assert.equal((await raw(port, get("/", host))).status, 200, host);
  }
  assert.equal((await raw(port, "GET /sign-in HTTP/1.0\r\n\r\n")).status, 200, "a health check");
});

test("another name of this machine leads pages to the one that cookies know, and never anywhere else", async (context) => {
  const { port, url } = await serve(context);
  await fc.assert(
    fc.asyncProperty(fc.webPath(), async (path) => {
      const address = `/t${path}`;
      fc.pre(address.length < 8_000 && !/[\\#]/.test(address));
      const answer = await raw(port, get(address, "localhost:3000"));
      assert.equal(answer.status, 307);
      assert.equal(answer.headers.get("location"), `${url}${address}`);
    }),
    { numRuns: 20 },
  );
  assert.equal(
    (await raw(port, get("/api/v1/me", "localhost:3000"))).status,
    200,
    "programs stay where they are",
  );
});

test("a client that sends its request by the drop is told so and cut off, while others are served", async (context) => {
  const { server, port, url } = await serve(context);
  assert.ok(server.headersTimeout <= 10_000 && server.requestTimeout <= 30_000 && server.timeout > 0);
  assert.ok(server.maxConnections > 0);
  // The same with the patience of a test.
  server.headersTimeout = 200;
  server.requestTimeout = 200;
  const slow = Array.from({ length: 20 }, (_, i) =>
    raw(
      port,
      i % 2
        ? "GET / HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nX-Slow:"
        : "POST /api/v1/x HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nContent-Length: 9\r\n\r\n{",
    ),
  );
  assert.equal((await fetch(url)).status, 200);
  for (const answer of await Promise.all(slow)) {
    // Whoever was answered before it had sent all is only cut off.
    assert.ok(answer.status === 408 || answer.body.includes("from the application"));
  }
});

test("two Authorization headers reach the application as one that is none, not as the first of them", async (context) => {
  const { port, seen } = await serve(context);
  const lines = ["GET /api/v1/me HTTP/1.1", `Host: 127.0.0.1:${port}`, "Connection: close"];
  await raw(port, [...lines, "Authorization: Bearer a", "Authorization: Bearer b", "", ""].join("\r\n"));
  assert.equal(seen[0]?.headers.authorization, "Bearer a, Bearer b");
});
