import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import test, { after, before } from "node:test";
import { type GatewayFixture, gatewayFixture, rawExchange, testRoute } from "#tests/harness/gateway.ts";

let fixture: GatewayFixture;
before(async () => {
  fixture = await gatewayFixture({
    functions: {
      "echo.mjs": `export const handler = (event) => ({
        path: event.path, query: event.queryStringParameters, parameters: event.pathParameters,
        body: event.body, polluted: {}.polluted ?? null });`,
    },
  });
  const acme = await fixture.tenant("acme");
  const target = { type: "function", function: "echo" } as const;
  const number = await fixture.publish(acme, [
    testRoute({ path: "/open", method: "ANY", target, maxBodyBytes: 1_024 }),
    testRoute({ path: "/keyed", auth: { mode: "api-key" }, target }),
    testRoute({ path: "/one/:name", target }),
    testRoute({ path: "/secret", auth: { mode: "api-key" }, target }),
  ]);
  await fixture.served(acme, number);
});
after(() => fixture?.close());

/** A request that a gateway must never see answered on a connection whose framing is in doubt. */
const SMUGGLED = "GET /gw/acme/one/smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

async function stillServes(): Promise<void> {
  const response = await fetch(`${fixture.url}/gw/acme/one/good`);
  assert.equal(response.status, 200);
  assert.equal(((await response.json()) as { path: string }).path, "/one/good");
}

/** One refusal, in the envelope, after which nothing more was read from the connection. */
function refusedOnce(answer: string, what: string): void {
  assert.equal(answer.match(/HTTP\/1\.1 \d{3}/g)?.length, 1, `${what}: ${answer}`);
  assert.match(answer, /^HTTP\/1\.1 4\d\d /, what);
  assert.match(answer, /x-request-id: [0-9a-f-]{36}\r\n/i, what);
  assert.match(answer, /connection: close\r\n/i, what);
  assert.match(
    answer,
    /\{"error":\{"code":"bad_request","message":"[^"]+","requestId":"[0-9a-f-]{36}"\}\}$/,
    what,
  );
  assert.ok(!answer.includes("smuggled"), what);
}

const head = (lines: string) => `POST /gw/acme/open HTTP/1.1\r\nHost: a\r\n${lines}\r\n\r\n`;
const FRAMINGS: Record<string, string> = {
  "length and chunks": `${head("Content-Length: 5\r\nTransfer-Encoding: chunked")}0\r\n\r\n`,
  "chunks and length": `${head("Transfer-Encoding: chunked\r\nContent-Length: 5")}0\r\n\r\n`,
  "two lengths that differ": `${head("Content-Length: 5\r\nContent-Length: 6")}hello`,
  "two lengths that agree": `${head("Content-Length: 5\r\nContent-Length: 5")}hello`,
  "a list of lengths": `${head("Content-Length: 5, 5")}hello`,
  "a length with a plus": `${head("Content-Length: +5")}hello`,
  "a length below nothing": `${head("Content-Length: -5")}hello`,
  "a length in hexadecimal": `${head("Content-Length: 0x5")}hello`,
  "a length with a space inside": `${head("Content-Length: 5 5")}hello`,
  "a length beyond all numbers": `${head("Content-Length: 99999999999999999999999")}hello`,
  "a length without a number": `${head("Content-Length:")}hello`,
  "an unknown coding": `${head("Transfer-Encoding: xchunked")}0\r\n\r\n`,
  "a coding over chunks": `${head("Transfer-Encoding: gzip, chunked")}0\r\n\r\n`,
  "chunks over a coding": `${head("Transfer-Encoding: chunked, identity")}0\r\n\r\n`,
  "chunks twice": `${head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")}0\r\n\r\n`,
  "a coding in quotes": `${head('Transfer-Encoding: "chunked"')}0\r\n\r\n`,
  "a coding after a vertical tab": `${head("Transfer-Encoding: \x0bchunked")}0\r\n\r\n`,
  "a space before the colon": `${head("Transfer-Encoding : chunked")}0\r\n\r\n`,
  "a folded header": `${head("X: a\r\n b\r\nContent-Length: 0")}`,
  "a folded coding": `${head("Transfer-Encoding:\r\n chunked")}0\r\n\r\n`,
  "a zero byte in a header": `${head("X: a\0b\r\nContent-Length: 0")}`,
  "a zero byte in a name": `${head("X\0: a\r\nContent-Length: 0")}`,
  "a lone carriage return": `${head("X: a\rContent-Length: 5\r\nContent-Length: 0")}`,
  "a line without a colon": `${head("nonsense\r\nContent-Length: 0")}`,
  "a header without a name": `${head(": x\r\nContent-Length: 0")}`,
  "a chunk size with a sign": `${head("Transfer-Encoding: chunked")}+5\r\nhello\r\n0\r\n\r\n`,
  "a chunk size in another base": `${head("Transfer-Encoding: chunked")}0x5\r\nhello\r\n0\r\n\r\n`,
  "a chunk size that overflows": `${head("Transfer-Encoding: chunked")}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`,
  "two Host headers": "GET /gw/acme/open HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
  "no Host header": "GET /gw/acme/open HTTP/1.1\r\n\r\n",
  "an absolute target": "GET http://a/gw/acme/open HTTP/1.1\r\nHost: a\r\n\r\n",
  "an asterisk": "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
  "an authority": "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
  "a tunnel": "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
  "a fragment": "GET /gw/acme/open#x HTTP/1.1\r\nHost: a\r\n\r\n",
  "a space in the target": "GET /gw/acme/open x HTTP/1.1\r\nHost: a\r\n\r\n",
  "HTTP/0.9": "GET /gw/acme/open\r\n\r\n",
  "HTTP/2's preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "HTTP/3.7": "GET /gw/acme/open HTTP/3.7\r\nHost: a\r\n\r\n",
  "a method in lower case": "get /gw/acme/open HTTP/1.1\r\nHost: a\r\n\r\n",
  "an unknown method": "BREW /gw/acme/open HTTP/1.1\r\nHost: a\r\n\r\n",
  "the start of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
  "two keys": "GET /gw/acme/keyed HTTP/1.1\r\nHost: a\r\nX-Api-Key: a\r\nX-Api-Key: a\r\n\r\n",
  "a WebSocket": "GET /gw/acme/open HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
};

for (const [what, bytes] of Object.entries(FRAMINGS)) {
  test(`${what}: refused in the envelope, and what comes behind on the connection is not read`, async () => {
    refusedOnce(await rawExchange(fixture.url, bytes + SMUGGLED), what);
    await stillServes();
  });
}

test("headers that are too large or too many are refused, and the connection closes", async () => {
  for (const [what, lines] of Object.entries({
    "one that is huge": `X: ${"x".repeat(70_000)}`,
    "very many": Array.from({ length: 20_000 }, (_, index) => `X-${index}: y`).join("\r\n"),
    "a huge name": `${"X".repeat(70_000)}: y`,
  })) {
    refusedOnce(await rawExchange(fixture.url, head(lines)), what);
  }
  const long = await rawExchange(
    fixture.url,
    `GET /gw/acme/${"x".repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  refusedOnce(long, "a target that is too long");
  await stillServes();
});

test("a body beyond the route's limit is 413, announced or not, and leaves nothing on the connection", async () => {
  const announced = await rawExchange(
    fixture.url,
    `${head("Content-Length: 5000")}${"x".repeat(5_000)}${SMUGGLED}`,
  );
  const chunk = `400\r\n${"x".repeat(1_024)}\r\n`;
  const chunked = await rawExchange(
    fixture.url,
    `${head("Transfer-Encoding: chunked")}${chunk.repeat(5)}0\r\n\r\n${SMUGGLED}`,
  );
  for (const answer of [announced, chunked]) {
    assert.match(answer, /^HTTP\/1\.1 413 .*"body_too_large"/s);
    // What follows was framed without doubt, so it may be answered as the request that it is; never the body.
    assert.ok((answer.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0) <= 2, answer);
    assert.ok(!/HTTP\/1\.1 400/.test(answer), answer);
  }
  await stillServes();
});

test("requests in a row on one connection are answered in their order, each with its own ID", async () => {
  const request = (name: string) =>
    `GET /gw/acme/one/${name} HTTP/1.1\r\nHost: a\r\nX-Request-Id: id-${name}\r\n`;
  const answer = await rawExchange(
    fixture.url,
    `${request("a")}\r\n${request("b")}\r\n${request("c")}Connection: close\r\n\r\n`,
  );
  assert.deepEqual(answer.match(/id-[abc]/g), ["id-a", "id-b", "id-c"]);
  assert.deepEqual(
    [...answer.matchAll(/"path":"([^"]+)"/g)].map(([, path]) => path),
    ["/one/a", "/one/b", "/one/c"],
  );
});

test("garbage behind a request does not get ahead of its answer", async () => {
  const answer = await rawExchange(
    fixture.url,
    "GET /gw/acme/one/first HTTP/1.1\r\nHost: a\r\n\r\n\x01garbage\r\n\r\n",
  );
  assert.match(answer, /^HTTP\/1\.1 200 .*"path":"\/one\/first".*HTTP\/1\.1 400 .*bad_request/s);
});

test("no spelling of a path reaches a route that it does not name, or climbs", async () => {
  const paths: Record<string, number> = {
    "/one/%2e%2e": 400,
    "/one/..": 400,
    "/one/../secret": 400,
    "/one/%2e%2e/secret": 400,
    "/one/.%2E/secret": 400,
    "/one/./x": 400,
    "/one/a%2Fb": 200,
    "/one/..%2fsecret": 200,
    "/one/%252e%252e": 200,
    "/one/%c0%af": 400,
    "/one/%c0%ae%c0%ae": 400,
    "/one/%ff": 400,
    "/one/%ed%a0%80": 400,
    "/one/%": 400,
    "/one/%zz": 400,
    "//secret": 404,
    "/secret/": 404,
    "/SECRET": 404,
    "/one\\..\\secret": 400,
    "/secret;x": 404,
  };
  for (const [path, status] of Object.entries(paths)) {
    const answer = await rawExchange(
      fixture.url,
      `GET /gw/acme${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    assert.equal(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), status, `${path}: ${answer}`);
    assert.match(answer, /x-request-id: /i, path);
  }
});

test("names that objects have by themselves are only names", async () => {
  for (const name of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"]) {
    const url = `${fixture.url}/gw/acme/one/${name}?${name}=x&${name}[polluted]=1&polluted=2`;
    const response = await fetch(url, { headers: { [name]: "x" } });
    assert.equal(response.status, 200, name);
    const text = await response.text();
    const { polluted } = JSON.parse(text) as { polluted: unknown };
    assert.equal(polluted, null);
    assert.ok(text.includes(`"name":"${name}"`), text);
    assert.ok(text.includes(`"${name}":"x"`), text);
    assert.equal((await fetch(`${fixture.url}/gw/${name}/x`)).status, 404, "no tenant");
    const body = JSON.stringify({ [name]: { polluted: true } }).replace(
      "{}",
      `{"${name}":{"polluted":true}}`,
    );
    assert.equal((await fetch(`${fixture.url}/gw/acme/open`, { method: "POST", body })).status, 200);
    const key = await fetch(`${fixture.url}/gw/acme/keyed`, { headers: { "X-Api-Key": name } });
    assert.equal(key.status, 401);
  }
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("a caller that leaves in the middle of its body costs nobody anything", async () => {
  const { hostname, port } = new URL(fixture.url);
  for (const bytes of [head("Content-Length: 500"), `${head("Transfer-Encoding: chunked")}5\r\nhe`]) {
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write(bytes);
    socket.destroy();
    await once(socket, "close");
  }
  await stillServes();
});

test("what is malformed is counted by reason", async () => {
  await rawExchange(fixture.url, FRAMINGS["two Host headers"] as string);
  const metrics = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
  assert.match(
    metrics,
    /^gatehouse_gateway_malformed_total\{reason="the_host_header_must_be_sent_once"\} [1-9]/m,
  );
  assert.match(metrics, /^gatehouse_gateway_malformed_total\{reason="the_request_is_malformed"\} [1-9]/m);
});
