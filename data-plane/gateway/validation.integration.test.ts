import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { ErrorEnvelope } from "#lib/contract/errors.ts";
import { type GatewayFixture, gatewayFixture, rawExchange, testRoute } from "../../tests/harness/gateway.ts";

const schema = {
  type: "object",
  required: ["email"],
  additionalProperties: false,
  properties: { email: { type: "string", maxLength: 100 }, age: { type: "integer", minimum: 0 } },
};
const query = {
  type: "object",
  properties: { limit: { type: "integer", maximum: 100 }, tag: { type: "array", items: { type: "string" } } },
  additionalProperties: false,
};

let fixture: GatewayFixture;
const received: Buffer[] = [];
const upstream = createServer(async (req, res) => {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part);
  received.push(Buffer.concat(parts));
  res.end("upstream");
});

before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  fixture = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = (event) => ({ body: event.body });" },
  });
  const acme = await fixture.tenant("acme");
  const validation = { body: schema, query };
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  await fixture.served(
    acme,
    await fixture.publish(acme, [
      testRoute({ path: "/fn", method: "ANY", target: { type: "function", function: "echo" }, validation }),
      testRoute({ path: "/up", method: "POST", target: { type: "http", url }, validation }),
      testRoute({
        path: "/small",
        method: "POST",
        target: { type: "function", function: "echo" },
        validation,
        maxBodyBytes: 1_000,
      }),
    ]),
  );
});
after(async () => {
  await fixture.close();
  upstream.close();
});

const JSON_TYPE = { "content-type": "application/json" };
async function post(path: string, body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) {
  const response = await fetch(`${fixture.url}/gw/acme${path}`, {
    method: "POST",
    body: body as BodyInit,
    headers,
  });
  const text = await response.text();
  const { error } = response.ok ? { error: undefined } : (JSON.parse(text) as ErrorEnvelope);
  return { status: response.status, code: error?.code, details: error?.details, text };
}

test("a body that does not match is 422 with the places, and never reaches the target", async () => {
  for (const path of ["/fn", "/up", "/small"]) {
    received.length = 0;
    assert.equal((await post(path, '{"email":"a@b.example","age":3}')).status, 200);
    for (const [body, place] of [
      ["{}", ""],
      ['{"email":7}', "email"],
      ['{"email":"a","age":-1}', "age"],
      ['{"email":"a","admin":true}', "admin"],
      ['{"email":"a","__proto__":{}}', ""],
      ['{"email":"a","email":"b"}', ""],
      ["{", ""],
      ["", ""],
      ["[]", ""],
    ] as const) {
      const answer = await post(path, body);
      assert.equal(`${answer.status} ${answer.code}`, "422 invalid_body", `${path} ${body}`);
      assert.ok((answer.details ?? []).length > 0, body);
      assert.ok(
        place === "" || answer.details?.some((detail) => detail.path.includes(place)),
        JSON.stringify(answer.details),
      );
    }
    assert.equal(received.length, path === "/up" ? 1 : 0);
  }
});

test("a body of another kind is 415, before it is read", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
    assert.equal((await post("/fn", "{}", { "content-type": type })).code, "unsupported_media_type", type);
  }
  for (const type of ["application/json; charset=utf-8", "application/problem+json", "APPLICATION/JSON"]) {
    assert.equal((await post("/fn", '{"email":"a"}', { "content-type": type })).status, 200, type);
  }
});

test("query parameters are read as their schema says, repeated ones as a list", async () => {
  const body = '{"email":"a"}';
  assert.equal((await post("/fn?limit=100&tag=a&tag=b", body)).status, 200);
  for (const bad of ["limit=101", "limit=x", "limit=1&limit=2", "other=1", "__proto__=1"]) {
    const answer = await post(`/fn?${bad}`, body);
    assert.equal(`${answer.status} ${answer.code}`, "422 invalid_query", bad);
  }
});

test("a compressed body is checked by what it says and handed on as it came", async () => {
  const text = '{"email":"a@b.example"}';
  received.length = 0;
  for (const [encoding, body] of [
    ["gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
  ] as const) {
    assert.equal((await post("/up", body, { ...JSON_TYPE, "content-encoding": encoding })).status, 200);
    assert.deepEqual(received.pop(), body);
  }
  const encoded = (encoding: string, body: Uint8Array) =>
    post("/small", body, { ...JSON_TYPE, "content-encoding": encoding });
  assert.equal((await encoded("gzip", gzipSync('{"email":1}'))).code, "invalid_body");
  assert.equal((await encoded("gzip", Buffer.from("not gzip"))).code, "bad_request");
  assert.equal((await encoded("zstd", Buffer.from("x"))).code, "unsupported_media_type");
  assert.equal((await encoded("gzip, gzip", gzipSync(gzipSync(text)))).code, "unsupported_media_type");
  const bomb = gzipSync(Buffer.alloc(50_000_000, 32), { level: 9 });
  assert.ok(bomb.length > 1_000);
  const small = gzipSync(Buffer.alloc(500_000, 32), { level: 9 });
  assert.ok(small.length < 1_000);
  assert.equal((await encoded("gzip", small)).code, "body_too_large");
});

test("a chunked body is checked like one that announced its length, and HEAD and OPTIONS need none", async () => {
  const chunked = (body: string) =>
    rawExchange(
      fixture.url,
      `POST /gw/acme/fn HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
  assert.match(await chunked('{"email":"a"}'), /^HTTP\/1\.1 200 /);
  assert.match(await chunked("{}"), /^HTTP\/1\.1 422 /);
  for (const method of ["HEAD", "OPTIONS", "GET"]) {
    assert.equal((await fetch(`${fixture.url}/gw/acme/fn`, { method })).status, 200, method);
  }
  const expecting = await rawExchange(
    fixture.url,
    "POST /gw/acme/fn HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
  );
  assert.match(expecting, /^HTTP\/1\.1 415 /, "nobody is told to go on with what is refused anyway");
});
