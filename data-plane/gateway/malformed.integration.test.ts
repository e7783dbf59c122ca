import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import test, { after, before } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, rawExchange, testRoute } from "../../tests/harness/gateway.ts";

let fixture: GatewayFixture;
const LONG = "x".repeat(5_000_000);
const upstream = createServer((_req, res) => res.end(LONG));
before(async () => {
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  fixture = await gatewayFixture({
    functions: {
      "echo.mjs":
        "export const handler = (event) => ({ ip: event.requestContext.identity.sourceIp, body: event.body });",
    },
    trustedProxies: 1,
  });
  const acme = await fixture.tenant("acme");
  const target = { type: "function", function: "echo" } as const;
  const number = await fixture.publish(acme, [
    testRoute({ path: "/open", method: "ANY", target }),
    testRoute({ path: "/long", target: { type: "http", url } }),
    testRoute({ path: "/keyed", auth: { mode: "api-key" }, target }),
  ]);
  await fixture.served(acme, number);
});
after(() => Promise.all([fixture?.close(), upstream.close()]));

const send = (head: string, body = "") =>
  rawExchange(fixture.url, `${head.replaceAll("\n", "\r\n")}\r\n\r\n${body}`);

test("a malformed request is 400 in the envelope with a request ID, and the connection closes", async () => {
  const requests = {
    "two Host headers": "GET /gw/acme/open HTTP/1.1\nHost: a\nHost: b",
    "no Host header": "GET /gw/acme/open HTTP/1.1\nX: y",
    "an unknown transfer encoding": "POST /gw/acme/open HTTP/1.1\nHost: a\nTransfer-Encoding: xchunked",
    "a transfer encoding over another":
      "POST /gw/acme/open HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked",
    "length and chunks":
      "POST /gw/acme/open HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked",
    "two lengths": "POST /gw/acme/open HTTP/1.1\nHost: a\nContent-Length: 3\nContent-Length: 4",
    "two keys": "GET /gw/acme/keyed HTTP/1.1\nHost: a\nX-Api-Key: a\nX-Api-Key: b",
    "an absolute address": "GET http://example.com/gw/acme/open HTTP/1.1\nHost: a",
    "an unknown method": "BREW /gw/acme/open HTTP/1.1\nHost: a",
    "a space in a header's name": "GET /gw/acme/open HTTP/1.1\nHost : a",
    "no protocol": "nonsense",
    "a protocol to come": "GET /gw/acme/open HTTP/2.0\nHost: a",
    "a protocol long gone": "GET /gw/acme/open HTTP/0.9\nHost: a",
    "headers that are too large": `GET /gw/acme/open HTTP/1.1\nHost: a\nX: ${"x".repeat(40_000)}`,
    "an unknown expectation": "POST /gw/acme/open HTTP/1.1\nHost: a\nExpect: wonders\nContent-Length: 1",
  };
  for (const [what, head] of Object.entries(requests)) {
    const answer = await send(head);
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/, what);
    assert.match(answer, /x-request-id: [0-9a-f-]{36}\r\n/i, what);
    assert.match(answer, /connection: close\r\n/i, what);
    assert.match(
      answer,
      /\{"error":\{"code":"bad_request","message":"[^"]+","requestId":"[0-9a-f-]{36}"\}\}$/,
      what,
    );
  }
});

test("a WebSocket and a tunnel are refused; another protocol's offer is passed over", async () => {
  const upgrade = "GET /gw/acme/open HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade:";
  assert.match(await send(`${upgrade} websocket`), /^HTTP\/1\.1 400 .*bad_request/s);
  assert.match(await send("CONNECT example.com:443 HTTP/1.1\nHost: a"), /^HTTP\/1\.1 400 .*bad_request/s);
  assert.match(await send(`${upgrade} h2c\nConnection: close`), /^HTTP\/1\.1 200 /);
});

const PROTOCOLS = {
  "a WebSocket": "GET /gw/acme/open HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  "a tunnel": "CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n",
};
const FIRST = {
  "the gateway's own answer": ["GET /gw/acme/nowhere HTTP/1.1\r\nHost: a\r\n\r\n", /404 .*"route_not_found"/],
  "a function's answer": ["GET /gw/acme/open HTTP/1.1\r\nHost: a\r\n\r\n", /200 .*"ip":/],
} as const;
for (const [what, asked] of Object.entries(PROTOCOLS)) {
  for (const [first, [request, answered]] of Object.entries(FIRST)) {
    test(`${what} that is asked for behind a request is refused behind ${first}`, async () => {
      const answers = (await rawExchange(fixture.url, request + asked)).split(/(?=HTTP\/1\.1 )/);
      assert.equal(answers.length, 2, String(answers));
      assert.match(String(answers[0]).replaceAll("\r\n", " "), answered);
      assert.match(String(answers[1]), /^HTTP\/1\.1 400 .*bad_request/s);
    });
  }

  test(`${what} that is asked for behind a request leaves its long answer whole`, async () => {
    const long = "GET /gw/acme/long HTTP/1.1\r\nHost: a\r\n\r\n";
    const received = await rawExchange(fixture.url, long + asked);
    assert.match(received.replace(LONG, "(all)"), /^HTTP\/1\.1 200 .*\(all\)HTTP\/1\.1 400 .*bad_request/s);
  });

  test(`a caller that asks for ${what} and breaks the connection off costs nobody else theirs`, async () => {
    const { hostname, port } = new URL(fixture.url);
    for (const before of ["", ...Object.values(FIRST).map(([request]) => request)]) {
      for (const waits of [true, false]) {
        const socket = connect(Number(port), hostname);
        socket.on("error", () => undefined).write(before + asked);
        if (waits) await once(socket, "data");
        else await once(socket, "connect");
        socket.resetAndDestroy();
      }
    }
    assert.match(await send("GET /gw/acme/open HTTP/1.1\nHost: a\nConnection: close"), /^HTTP\/1\.1 200 /);
  });
}

test("a body is invited only after the request has been let in", async () => {
  const expect = (path: string) => `POST ${path} HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 2`;
  const refused = await send(expect("/gw/acme/nowhere"));
  assert.match(refused, /^HTTP\/1\.1 404 /);
  const invited = await send(`${expect("/gw/acme/open")}\nConnection: close`, "ok");
  assert.match(invited, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 .*"body":"ok"/s);
});

test("only as many hops as are trusted may say where a request comes from", async () => {
  const ip = async (forwarded: string) => {
    const response = await fetch(`${fixture.url}/gw/acme/open`, {
      headers: { "X-Forwarded-For": forwarded },
    });
    return ((await response.json()) as { ip: string }).ip;
  };
  assert.equal(await ip("203.0.113.9"), "203.0.113.9");
  assert.equal(await ip("1.1.1.1, 203.0.113.9"), "203.0.113.9");
  assert.equal(await ip("nonsense"), "127.0.0.1");
  assert.equal(await ip("203.0.113.9:4711"), "203.0.113.9");
});

test("what is malformed is refused at once on a connection that has been answered before, and a log line is not cut off", async () => {
  const { hostname, port } = new URL(fixture.url);
  const socket = connect(Number(port), hostname);
  const head = "GET /gw/acme/open HTTP/1.1\r\nHost: a\r\n";
  socket.write(`${head}X-Request-Id: answered-before\r\n\r\n`);
  const [first] = await once(socket, "data");
  assert.match(String(first), /^HTTP\/1\.1 200 /);
  const line = () => fixture.lines.find(({ requestId }) => requestId === "answered-before");
  await eventually("its log line", line);
  assert.deepEqual([line()?.status, line()?.cutOff], [200, undefined]);
  socket.write(`${head}Content-Length: 1, 2\r\n\r\n`);
  const [second] = await once(socket, "data", { signal: AbortSignal.timeout(5_000) });
  assert.match(String(second), /^HTTP\/1\.1 400 .*bad_request/s);
  await once(socket, "close");
});
