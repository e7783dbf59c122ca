import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { type GatewayFixture, gatewayFixture, testRoute } from "../../tests/harness/gateway.ts";

type Invocation = { name: string; headers: IncomingHttpHeaders; event: Record<string, unknown> };

/** The Invoke operation of AWS Lambda (API version 2015-03-31), as far as a caller sees it. */
const invocations: Invocation[] = [];
const lambda = createServer(async (req, res) => {
  let body = "";
  for await (const part of req) body += part;
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(req.url ?? "")?.[1] ?? "";
  invocations.push({ name, headers: req.headers, event: JSON.parse(body) });
  const say = (payload: unknown, headers: Record<string, string> = {}, status = 200) => {
    res.writeHead(status, { "content-type": "application/json", ...headers });
    res.end(JSON.stringify(payload));
  };
  switch (name) {
    case "echo":
      return say({
        statusCode: 201,
        headers: { "x-own": "1", "access-control-allow-origin": "https://lambda.example" },
        multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
        body: Buffer.from([0, 255]).toString("base64"),
        isBase64Encoded: true,
      });
    case "fails":
      return say(
        { errorType: "TypeError", errorMessage: "secret detail", trace: [] },
        { "x-amz-function-error": "Unhandled" },
      );
    case "nonsense":
      return say("text");
    case "missing":
      return say({ Message: "Function not found" }, { "x-amzn-errortype": "ResourceNotFoundException" }, 404);
    case "slow":
      return; // never answers
    default:
      return say({ ok: true });
  }
});

let fixture: GatewayFixture;
const environment = { ...process.env };
before(async () => {
  lambda.listen(0, "127.0.0.1");
  await once(lambda, "listening");
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = "AKIDEXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "an-example-secret";
  fixture = await gatewayFixture({ functions: {} });
  const acme = await fixture.tenant("acme");
  const route = (functionName: string, fields: object = {}) =>
    testRoute({
      path: `/${functionName}/:id`,
      method: "ANY",
      target: {
        type: "lambda",
        functionName,
        endpoint,
        region: "eu-central-1",
        timeoutMs: 2_000,
        ...fields,
      },
    });
  const names = ["echo", "fails", "nonsense", "missing", "plain"].map((name) => route(name));
  await fixture.served(
    acme,
    await fixture.publish(acme, [
      ...names,
      route("slow", { timeoutMs: 100 }),
      route("v2", { eventFormat: "aws-v2" }),
    ]),
  );
});
after(async () => {
  process.env = environment;
  await fixture.close();
  lambda.closeAllConnections();
  lambda.close();
});

const call = (path: string, init: RequestInit = {}) => fetch(`${fixture.url}/gw/acme${path}`, init);
const codeOf = async (response: Response) =>
  `${response.status} ${((await response.json()) as { error: { code: string } }).error.code}`;

test("a Lambda function gets the proxy event, signed for its region, and its answer comes back whole", async () => {
  const response = await call("/echo/a%2Fb?x=1&x=2", { method: "POST", body: '{"n":1}' });
  assert.equal(response.status, 201);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [0, 255]);
  // the route has CORS, so the function's own is dropped
  assert.notEqual(response.headers.get("access-control-allow-origin"), "https://lambda.example");
  const { event, headers } = invocations.find(({ name }) => name === "echo") as Invocation;
  assert.match(
    headers.authorization ?? "",
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/lambda/,
  );
  assert.deepEqual(
    [event.httpMethod, event.pathParameters, event.multiValueQueryStringParameters, event.body],
    ["POST", { id: "a/b" }, { x: ["1", "2"] }, '{"n":1}'],
  );
});

test("the HTTP API's event format is sent to those who ask for it", async () => {
  assert.equal((await call("/v2/1")).status, 200);
  const { event } = invocations.find(({ name }) => name === "v2") as Invocation;
  assert.equal(event.version, "2.0");
});

test("what fails, is not there, answers nonsense or takes too long is 502 or 504 and tells nothing inside", async () => {
  for (const [path, expected] of [
    ["/fails/1", "502 target_error"],
    ["/missing/1", "502 target_error"],
    ["/nonsense/1", "502 target_error"],
    ["/slow/1", "504 target_timeout"],
  ] as const) {
    const response = await call(path);
    const text = await response.clone().text();
    assert.equal(await codeOf(response), expected, path);
    assert.doesNotMatch(text, /secret|AKID|not found/i);
  }
});

test("a function is called once, whatever comes of it", async () => {
  invocations.length = 0;
  await call("/fails/1", { method: "POST" });
  await call("/missing/1", { method: "POST" });
  assert.deepEqual(
    invocations.map(({ name }) => name),
    ["fails", "missing"],
  );
});
