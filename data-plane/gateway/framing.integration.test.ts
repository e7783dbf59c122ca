import assert from "node:assert/strict";
import { connect } from "node:net";
import test, { after, before } from "node:test";
import { type GatewayFixture, gatewayFixture, rawExchange, testRoute } from "#tests/harness/gateway.ts";

let fixture: GatewayFixture;
before(async () => {
  fixture = await gatewayFixture({
    functions: {
      "echo.mjs": `export const handler = (event) => ({
        method: event.httpMethod, path: event.path, body: event.body, headers: event.headers });`,
    },
  });
  const acme = await fixture.tenant("acme");
  const target = { type: "function", function: "echo" } as const;
  const number = await fixture.publish(acme, [
    testRoute({ path: "/open", method: "ANY", target, maxBodyBytes: 1_024 }),
    testRoute({ path: "/keyed", method: "POST", auth: { mode: "api-key" }, target }),
  ]);
  await fixture.served(acme, number);
});
after(() => fixture?.close());

const NEXT = "GET /gw/acme/open HTTP/1.1\r\nHost: a\r\nX-Mark: next\r\nConnection: close\r\n\r\n";
const head = (lines = "", method = "POST") =>
  `${method} /gw/acme/open HTTP/1.1\r\nHost: a\r\n${lines}${lines ? "\r\n" : ""}\r\n`;
const statuses = (answer: string) =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => code).join();
const send = (bytes: string) => rawExchange(fixture.url, bytes);
const metric = async (pattern: RegExp) => {
  const text = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
  return Number(pattern.exec(text)?.[1] ?? 0);
};
const MALFORMED = /^gatehouse_gateway_malformed_total\{reason="the_request_is_malformed"\} (\d+)/m;
const TOO_LARGE = /^gatehouse_gateway_malformed_total\{reason="the_headers_are_too_large"\} (\d+)/m;

const REFUSED: Record<string, string> = {
  "lines that end in a line feed alone": "GET /gw/acme/open HTTP/1.1\nHost: a\n\n",
  "a head whose last line ends in a line feed alone": "GET /gw/acme/open HTTP/1.1\r\nHost: a\r\n\n",
  "a chunk whose size ends in a line feed alone": `${head("Transfer-Encoding: chunked")}5\nhello\r\n0\r\n\r\n`,
  "a chunk that is longer than it says": `${head("Transfer-Encoding: chunked")}3\r\nhello\r\n0\r\n\r\n`,
  "a chunk size with a space in it": `${head("Transfer-Encoding: chunked")}5 5\r\nhello\r\n0\r\n\r\n`,
  "an empty chunk size": `${head("Transfer-Encoding: chunked")}\r\nhello\r\n0\r\n\r\n`,
  "a chunk extension that does not end": `${head("Transfer-Encoding: chunked")}5;${"x".repeat(40_000)}\r\nhello\r\n0\r\n\r\n`,
  "a trailer that sets a length": `${head("Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n`,
  "a trailer that is no header": `${head("Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\nno colon\r\n\r\n`,
};
for (const [what, bytes] of Object.entries(REFUSED)) {
  test(`${what}: refused once, closed, counted`, async () => {
    const before = (await metric(MALFORMED)) + (await metric(TOO_LARGE));
    const answer = await send(bytes + NEXT);
    assert.equal(statuses(answer), "400", answer);
    assert.match(answer, /connection: close/i);
    assert.match(answer, /"code":"bad_request"/);
    assert.ok(!answer.includes("x-mark"), answer);
    assert.ok((await metric(MALFORMED)) + (await metric(TOO_LARGE)) > before);
  });
}

test("headers that are too large or too many are counted as such", async () => {
  const before = await metric(TOO_LARGE);
  await send(head(`X: ${"x".repeat(70_000)}`));
  await send(head([...Array(20_000)].map((_, n) => `X-${n}: y`).join("\r\n")));
  assert.equal(await metric(TOO_LARGE), before + 2);
});

test("many small headers, as many as fit, are passed on whole", async () => {
  const names = [...Array(400)].map((_, n) => `x-many-${n}`);
  const answer = await send(
    head(`${names.map((name) => `${name}: y`).join("\r\n")}\r\nConnection: close`, "GET"),
  );
  assert.equal(statuses(answer), "200");
  for (const name of [names[0], names[399]]) assert.ok(answer.includes(`"${name}":"y"`));
});

test("chunk extensions and trailers are read over: none of them is a header or a part of the body", async () => {
  const answer = await send(
    `${head("Transfer-Encoding: chunked\r\nTrailer: X-Api-Key\r\nConnection: close")}` +
      `5;name=value;other\r\nhello\r\n0\r\nX-Api-Key: stolen\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`,
  );
  assert.equal(statuses(answer), "200", answer);
  assert.match(answer, /"body":"hello"/);
  assert.doesNotMatch(answer, /stolen|1\.2\.3\.4/);
});

test("an empty line before a request is read over, as the standard asks", async () => {
  assert.equal(statuses(await send(`\r\n${NEXT}`)), "200");
});

test("TRACE gives nothing back of what was sent", async () => {
  const answer = await send(head("X-Secret: s3cret\r\nConnection: close", "TRACE"));
  assert.match(statuses(answer), /^(?:404|405|400)$/, answer);
  assert.ok(!answer.includes("s3cret"));
});

test("a body that is sent without waiting for the 100 is no request of its own", async () => {
  const body = NEXT;
  const expects = `Expect: 100-continue\r\nContent-Length: ${body.length}`;
  const invited = await send(head(expects) + body + NEXT);
  assert.equal(statuses(invited), "100,200,200", invited);
  const refused = await send(`POST /gw/acme/keyed HTTP/1.1\r\nHost: a\r\n${expects}\r\n\r\n${body}`);
  assert.equal(statuses(refused), "401", "what follows a refused invitation is not read");
});

test("a request behind a refusal that leaves no doubt is answered, one behind a doubt is not", async () => {
  const missing = "GET /gw/acme/nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
  assert.equal(statuses(await send(missing + NEXT)), "404,200");
  const twice = "GET /gw/acme/open HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
  assert.equal(statuses(await send(missing + twice + NEXT)), "404,400");
  const early = "POST /gw/acme/keyed HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  assert.equal(statuses(await send(early + NEXT)), "401,200", "a body that nobody wanted is read over");
});

test("a body that turns out to be malformed is refused behind the answers to the requests before it", async () => {
  const chunked = "POST /gw/acme/open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
  const early = chunked.replace("/open", "/nowhere");
  const missing = "GET /gw/acme/nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
  assert.equal(statuses(await send(missing + chunked)), "404,400");
  assert.equal(statuses(await send(head("", "GET") + chunked)), "200,400");
  assert.equal(statuses(await send(early)), "404", "answered before its body was looked at");
});

test("a thousand requests in one write are answered one by one", async () => {
  const one = "GET /gw/acme/nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
  const answer = await send(one.repeat(1_000) + NEXT);
  assert.equal(answer.match(/HTTP\/1\.1 404/g)?.length, 1_000);
  assert.match(answer, /HTTP\/1\.1 200 OK.*x-mark/s);
});

test("names of tenants that no tenant can have are nobody's", async () => {
  for (const slug of [
    "%61cme",
    "ACME",
    "acme%00",
    "__proto__",
    "constructor",
    "a".repeat(5_000),
    ".",
    "%2e",
    "",
    " ",
  ]) {
    const answer = await send(`GET /gw/${slug}/open HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.match(statuses(answer), /^(?:404|400)$/, `${slug}: ${answer.slice(0, 200)}`);
    assert.match(answer, /x-request-id/i, slug);
  }
});

test("a caller that was refused and goes on sending, never closing, is counted once and cut off", async () => {
  const { hostname, port } = new URL(fixture.url);
  const before = await metric(MALFORMED);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on("error", () => undefined).resume();
  socket.write("nonsense\r\n\r\n");
  const more = setInterval(() => socket.writable && socket.write("more nonsense\r\n"), 50);
  await new Promise((resolve) => socket.once("close", resolve));
  clearInterval(more);
  assert.equal(await metric(MALFORMED), before + 1);
});
