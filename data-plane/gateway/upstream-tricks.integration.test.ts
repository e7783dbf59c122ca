import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import test, { after, before } from "node:test";
import { type GatewayFixture, gatewayFixture, rawExchange, testRoute } from "#tests/harness/gateway.ts";

/** What the upstream sends next, byte by byte as it is. */
let next = "";
const upstream = createTcpServer((socket) => {
  socket.on("error", () => undefined);
  socket.once("data", () => socket.end(next));
});
let insideAsked = 0;
const inside = createServer((_, res) => {
  insideAsked++;
  res.end("internal");
});
const seen: IncomingMessage["headers"][] = [];
const echo = createServer((req, res) => {
  seen.push(req.headers);
  res.end(JSON.stringify({ url: req.url }));
});
const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

let fixture: GatewayFixture;
before(async () => {
  for (const server of [upstream, inside, echo]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  fixture = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = (event) => ({ seen: event });" },
  });
  const acme = await fixture.tenant("acme");
  const number = await fixture.publish(acme, [
    testRoute({ path: "/raw", target: { type: "http", url: addressOf(upstream), timeoutMs: 2_000 } }),
    testRoute({ path: "/echo/:name", method: "ANY", target: { type: "http", url: addressOf(echo) } }),
    testRoute({
      path: "/checked",
      method: "POST",
      target: { type: "function", function: "echo" },
      validation: {
        body: {
          type: "object",
          properties: { name: { type: "string", pattern: "^(a+)+$" } },
          required: ["constructor"],
          additionalProperties: false,
        },
        query: { type: "object", properties: { page: { type: "string", pattern: "^(\\d+)*$" } } },
      },
    }),
  ]);
  await fixture.served(acme, number);
});
after(async () => {
  await fixture?.close();
  for (const server of [upstream, inside, echo]) server.close();
});

const answerOf = async () => {
  const text = await rawExchange(
    fixture.url,
    "GET /gw/acme/raw HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  );
  return { text, status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]) };
};

test("a redirect to inside is passed on to the caller and followed by nobody", async () => {
  const location = addressOf(inside);
  next = `HTTP/1.1 302 Found\r\nLocation: ${location}/secret\r\nContent-Length: 0\r\n\r\n`;
  const { status, text } = await answerOf();
  assert.equal(status, 302);
  assert.ok(text.includes(`${location}/secret`));
  assert.equal(insideAsked, 0);
});

const NONSENSE: Record<string, string> = {
  "is no HTTP": "hello\r\n\r\n",
  "says nothing": "",
  "has two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
  "has a length and chunks":
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "has a header with a line feed": "HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b=c\rd\r\n\r\n",
  "has headers without end": `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(40_000)}`,
  "switches protocols": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nraw",
  "has an impossible status": "HTTP/1.1 999999 OK\r\n\r\n",
};
for (const [what, bytes] of Object.entries(NONSENSE)) {
  test(`an upstream whose answer ${what} is a 502 in the envelope, and the gateway goes on`, async () => {
    next = bytes;
    const { status, text } = await answerOf();
    assert.equal(status, 502, text.slice(0, 300));
    assert.match(text, /"code":"target_error"/);
    assert.equal((await fetch(`${fixture.url}/gw/acme/echo/fine`)).status, 200);
  });
}

test("an answer that ends too early, or goes on too long, is cut off and never taken for whole", async () => {
  next = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
  const early = await answerOf();
  assert.ok(early.status === 502 || /content-length: 10/i.test(early.text), early.text);
  next = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
  const unfinished = await answerOf();
  assert.ok(unfinished.status === 502 || !unfinished.text.endsWith("0\r\n\r\n"), unfinished.text);
  next = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled";
  const long = await answerOf();
  assert.ok(!long.text.includes("smuggled"), long.text);
});

test("what an upstream says of its own connection, of ours, or in our name does not reach the caller", async () => {
  next =
    "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: x\r\n" +
    "X-Request-Id: forged\r\nContent-Length: 2\r\n\r\nok";
  const { status, text } = await answerOf();
  assert.equal(status, 200);
  assert.doesNotMatch(text, /x-hop|keep-alive|proxy-authenticate|forged/i);
});

test("no path segment reaches the upstream as another path", async () => {
  for (const segment of ["a%2Fb", "..%2f..%2fsecret", "%5c..%5csecret", "a%3Fb=c", "a%23b", "%252e%252e"]) {
    const response = await fetch(`${fixture.url}/gw/acme/echo/${segment}?q=1`);
    assert.equal(response.status, 200, segment);
    const { url } = (await response.json()) as { url: string };
    const { pathname, search } = new URL(url, "http://upstream");
    assert.equal(pathname.split("/").filter(Boolean).length <= 3, true, url);
    assert.equal(search, "?q=1", url);
  }
});

test("headers named like an object's own reach the upstream as headers, and nothing else changes", async () => {
  const names = ["__proto__", "constructor", "tostring", "hasownproperty"];
  const lines = names.map((name) => `${name}: x`).join("\r\n");
  await rawExchange(
    fixture.url,
    `GET /gw/acme/echo/x HTTP/1.1\r\nHost: a\r\n${lines}\r\nConnection: close\r\n\r\n`,
  );
  const headers = seen.at(-1) ?? {};
  for (const name of names.slice(1))
    assert.equal(Object.getOwnPropertyDescriptor(headers, name)?.value, "x", name);
  assert.equal(({} as Record<string, unknown>).x, undefined);
});

test("validation takes an object's own names for what they are, and no pattern hangs", async () => {
  const post = async (body: string, query = "") => {
    const began = performance.now();
    const response = await fetch(`${fixture.url}/gw/acme/checked${query}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    const text = await response.text();
    assert.ok(performance.now() - began < 3_000, "in little time");
    return { status: response.status, text };
  };
  const lacking = await post("{}");
  assert.equal(lacking.status, 422, "what every object inherits is not there");
  for (const name of ["__proto__", "toString", "hasOwnProperty"]) {
    const extra = await post(`{"constructor":1,"${name}":{"polluted":true}}`);
    assert.equal(extra.status, 422, `${name}: ${extra.text}`);
  }
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  const long = `${"a".repeat(100_000)}!`;
  assert.equal((await post(JSON.stringify({ constructor: 1, name: long }))).status, 422);
  assert.equal((await post('{"constructor":1}', `?page=${"1".repeat(10_000)}x`)).status, 422);
  assert.equal((await post(`${"[".repeat(200_000)}`)).status, 422, "depth costs nothing");
});
