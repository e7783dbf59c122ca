import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { jobTerms, MAX_TERMS, payloadLeaves, readPayloadQuestion, termOf } from "./job-terms.ts";

const TENANT = "018f0000-0000-7000-8000-000000000000";
const written = (input: unknown, by: "route" | "handler" = "handler") =>
  payloadLeaves(input, by).map(({ path, value }) => `${path}=${value}`);

const event = (body: unknown) => ({
  httpMethod: "POST",
  headers: { "x-shop": "north" },
  requestContext: { requestId: "r-1" },
  pathParameters: { id: "7" },
  queryStringParameters: { dry: "true" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

test("a route's job is found by its body, path and query, and not by what every request has", () => {
  assert.deepEqual(written(event({ orderId: 4711, lines: [{ sku: "a" }, { sku: "b" }] }), "route"), [
    "body.orderid=4711",
    "body.lines.sku=a",
    "body.lines.sku=b",
    "pathparameters.id=7",
    "querystringparameters.dry=true",
  ]);
  assert.deepEqual(written(event("{broken"), "route"), [
    "pathparameters.id=7",
    "querystringparameters.dry=true",
  ]);
});

test("a handler's job is found by everything in its input", () => {
  assert.deepEqual(written({ customer: { email: "a@b.example" }, urgent: false, note: null }), [
    "customer.email=a@b.example",
    "urgent=false",
    "note=null",
  ]);
});

test("nothing that is masked can be found: secret names at any depth, dotted names, pairs and JSON in a text", () => {
  const secret = "hunter2-hunter2";
  const inputs = [
    { password: secret },
    { card: { cvv: secret } },
    { credentials: [{ user: secret }] },
    { "my.secret": secret },
    { note: `token=${secret}` },
    { note: `it said token: ${secret}` },
    { note: `Bearer ${secret}` },
    { note: JSON.stringify({ password: secret }) },
  ];
  for (const input of inputs) {
    assert.ok(!written(input).some((leaf) => leaf.includes(secret)), JSON.stringify(input));
  }
  assert.match(String(readPayloadQuestion("body.password=x")), /masked/);
  assert.match(String(readPayloadQuestion("my.api-key=x")), /masked/);
});

test("no payload, however large or deep, makes more terms than the limit, or throws", () => {
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`m${index}`, index]));
  assert.equal(jobTerms(TENANT, wide, "handler").length, MAX_TERMS);
  let deep: unknown = 1;
  for (let level = 0; level < 5_000; level++) deep = { a: deep };
  assert.deepEqual(jobTerms(TENANT, deep, "handler"), []);
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("route" as const, "handler" as const), (input, by) => {
      const terms = jobTerms(TENANT, input, by);
      assert.ok(terms.length <= MAX_TERMS);
      for (const term of terms) assert.equal(BigInt.asIntN(64, BigInt(term)).toString(), term);
    }),
  );
});

test("whatever leaf a payload has, asking for it gives its term", () => {
  for (const [question, input] of [
    ["body.orderId=4711", { body: { orderId: 4711 } }],
    ["input.body.orderId = 4711.0", { body: { orderId: 4711 } }],
    ['lines[].sku="a b"', { lines: [{ sku: "a b" }] }],
    ["lines[3].sku=x=y", { lines: [{ sku: "x=y" }] }],
    ["urgent=true", { urgent: true }],
    ["n=12345678901234567890", JSON.parse('{"n":12345678901234567890}')],
  ] as const) {
    const read = readPayloadQuestion(question);
    assert.ok(typeof read === "object", question);
    const terms = jobTerms(TENANT, input, "handler");
    assert.ok(
      read.values.some((value) => terms.includes(termOf(TENANT, read.path, value))),
      question,
    );
  }
});

test("the same value in another tenant is another term", () => {
  assert.notEqual(termOf(TENANT, "a", "1"), termOf(TENANT.replace("018f", "018e"), "a", "1"));
});

test("a question that is none says how one is written", () => {
  for (const text of ["", "4711", "=4711", "body.orderId=", "  =  ", `a=${"x".repeat(200)}`]) {
    assert.equal(typeof readPayloadQuestion(text), "string", text);
  }
  fc.assert(fc.property(fc.string(), (text) => void readPayloadQuestion(text)));
});
