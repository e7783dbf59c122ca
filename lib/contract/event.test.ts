import assert from "node:assert/strict";
import test from "node:test";
import { awsV2Event, type EventSource, simpleEvent } from "./event.ts";
import { readHandlerResult } from "./handler-result.ts";

const source: EventSource = {
  method: "POST",
  path: "/v1/users/7%2F8",
  resource: "/v1/users/:id",
  headers: [
    ["accept", "a"],
    ["accept", "b"],
    ["cookie", "x=1"],
    ["cookie", "y=2"],
  ],
  query: "a=1&a=2&b=%20&__proto__=x",
  pathParameters: { id: "7/8" },
  body: "{}",
  isBase64Encoded: false,
  requestId: "r",
  tenant: "acme",
  sourceIp: "192.0.2.1",
  userAgent: "test",
  apiKeyId: "k",
  claims: null,
  time: 0,
};

test("the simple event has single and multi-value forms of headers and query", () => {
  const event = simpleEvent(source);
  assert.deepEqual(event.headers, { accept: "a, b", cookie: "x=1; y=2" });
  assert.deepEqual(event.multiValueHeaders, { accept: ["a", "b"], cookie: ["x=1", "y=2"] });
  assert.deepEqual(Object.entries(event.queryStringParameters ?? {}), [
    ["a", "2"],
    ["b", " "],
    ["__proto__", "x"],
  ]);
  assert.deepEqual(event.multiValueQueryStringParameters?.a, ["1", "2"]);
  assert.equal(event.requestContext.authorizer?.apiKeyId, "k");
  assert.equal(event.requestContext.identity.sourceIp, "192.0.2.1");
});

test("what was not sent is null", () => {
  const event = simpleEvent({ ...source, query: "", pathParameters: null, body: null, apiKeyId: null });
  assert.equal(event.queryStringParameters, null);
  assert.equal(event.multiValueQueryStringParameters, null);
  assert.equal(event.pathParameters, null);
  assert.equal(event.body, null);
  assert.equal(event.requestContext.authorizer, null);
});

test("the aws-v2 event has the raw query, joined values and cookies apart", () => {
  const event = awsV2Event(source);
  assert.equal(event.version, "2.0");
  assert.equal(event.rawQueryString, source.query);
  assert.equal(event.queryStringParameters?.a, "1,2");
  assert.deepEqual(event.cookies, ["x=1", "y=2"]);
  assert.deepEqual(event.headers, { accept: "a, b" });
  assert.deepEqual(event.requestContext.http.path, "/v1/users/7%2F8");
});

test("a response object, a bare object and an array are answers", () => {
  const created = readHandlerResult({ statusCode: 201, headers: { "X-A": 1 }, body: "hi" });
  assert.deepEqual(created.ok && created.answer, {
    statusCode: 201,
    headers: [
      ["X-A", "1"],
      ["Content-Type", "application/json"],
    ],
    body: "hi",
    isBase64Encoded: false,
  });
  const bare = readHandlerResult({ a: 1 });
  assert.deepEqual(bare.ok && [bare.answer.statusCode, bare.answer.body], [200, '{"a":1}']);
  assert.equal(readHandlerResult([]).ok, true);
  const cookies = readHandlerResult({
    statusCode: 204,
    cookies: ["a=1", "b=2"],
    multiValueHeaders: { V: ["1", "2"] },
  });
  assert.deepEqual(cookies.ok && cookies.answer.headers, [
    ["V", "1"],
    ["V", "2"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ]);
});

test("nonsense is told apart from an answer and never thrown", () => {
  const nonsense: unknown[] = [
    undefined,
    null,
    "text",
    7,
    { statusCode: "200" },
    { statusCode: 100 },
    { statusCode: 600 },
    { statusCode: 200, body: { a: 1 } },
    { statusCode: 200, headers: [] },
    { statusCode: 200, headers: { "bad name": "x" } },
    { statusCode: 200, headers: { a: "line\nbreak" } },
    { statusCode: 200, headers: { a: {} } },
    { statusCode: 200, cookies: [7, "a\r\nb"] },
  ];
  for (const returned of nonsense)
    assert.equal(readHandlerResult(returned).ok, false, JSON.stringify(returned));
});
