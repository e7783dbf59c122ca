import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { formatCredential } from "#lib/contract/credential.ts";
import type { ErrorEnvelope } from "#lib/contract/errors.ts";
import type { simpleEvent } from "#lib/contract/event.ts";
import { eventually } from "../../tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestKey, testRoute } from "../../tests/harness/gateway.ts";

let fixture: GatewayFixture;
let key: TestKey;
let other: TestKey;
let foreign: TestKey;
let expired: TestKey;
let narrow: TestKey;
const fn = (name: string, timeoutMs = 5_000) => ({ type: "function", function: name, timeoutMs }) as const;
const apiKey = { mode: "api-key" } as const;

/** An upstream that tells what it received, and misbehaves on request. */
const seen: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
const upstream = createServer(async (req, res) => {
  let body = "";
  try {
    for await (const part of req) body += part;
  } catch {
    return; // the gateway broke off, as it should when a body is too large
  }
  seen.push({ method: req.method as string, url: req.url as string, headers: req.headers, body });
  if (req.url?.startsWith("/hangs")) return;
  if (req.url?.startsWith("/breaks")) return void req.socket.destroy();
  if (req.url?.startsWith("/half")) {
    res.writeHead(200, { "content-length": "100" });
    res.write("half");
    return void setTimeout(() => req.socket.destroy(), 20);
  }
  res.writeHead(req.url?.startsWith("/moved") ? 302 : 200, {
    "access-control-allow-origin": "https://upstream.example",
    "x-request-id": "upstream",
    connection: "keep-alive, x-private",
    "x-private": "1",
    "x-public": "2",
    location: "/elsewhere",
  });
  res.end(`upstream ${body.length}`);
});

before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const up = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  fixture = await gatewayFixture({
    functions: {
      "echo.mjs": "export const handler = (event, context) => ({ event, context });",
      "throws.mjs": "export const handler = () => { throw new Error('secret detail'); };",
      "nonsense.mjs": "export const handler = () => 'text';",
      "slow.mjs": "export const handler = () => new Promise(() => {});",
      "shapes.mjs": `export const handler = (event) => ({ statusCode: 201, isBase64Encoded: true,
        body: Buffer.from([0, 255, 1]).toString("base64"),
        headers: { "Content-Type": "image/x", "Access-Control-Allow-Origin": "https://x", "X-Own": "1",
          "X-Request-Id": "forged", Connection: "upgrade", "Content-Length": "999" },
        multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] } });`,
      "starts.mjs": `export const handler = async () => {
        const job = await global.durable.startNew("echo", "my-run", { n: 1 });
        return { statusCode: 202, body: job.instanceId }; };`,
    },
  });
  const acme = await fixture.tenant("acme");
  const globex = await fixture.tenant("globex");
  key = await fixture.mint(acme);
  other = await fixture.mint(acme);
  foreign = await fixture.mint(globex);
  expired = await fixture.mint(acme, { expiresAt: new Date(Date.now() - 1_000) });
  narrow = await fixture.mint(acme, { authorizedRequests: [{ method: "GET", path: "/v1/keyed/*" }] });
  const number = await fixture.publish(acme, [
    testRoute({ path: "/v1/echo/:id", method: "ANY", target: fn("echo") }),
    testRoute({ path: "/v1/files/*", target: fn("echo") }),
    testRoute({ path: "/v1/keyed/:id", method: "ANY", auth: apiKey, target: fn("echo") }),
    testRoute({ path: "/v1/elsewhere", auth: apiKey, target: fn("echo") }),
    testRoute({
      path: "/v1/only",
      auth: { mode: "api-key", allowedApiKeyIds: [key.id] },
      target: fn("echo"),
      cors: { allowOrigins: ["https://app.example"], allowCredentials: true, exposeHeaders: ["X-Own"] },
    }),
    testRoute({ path: "/v1/versioned", apiVersion: "2024-01-01", target: fn("echo") }),
    testRoute({ path: "/v1/versioned", apiVersion: "2024-06-01", target: fn("throws") }),
    testRoute({ path: "/v1/throws", target: fn("throws") }),
    testRoute({ path: "/v1/nonsense", target: fn("nonsense") }),
    testRoute({ path: "/v1/missing", target: fn("not-there") }),
    testRoute({ path: "/v1/slow", target: fn("slow", 60) }),
    testRoute({ path: "/v1/shapes", target: fn("shapes") }),
    testRoute({ path: "/v1/shapes-open", target: fn("shapes"), corsEnabled: false }),
    testRoute({ path: "/v1/starts", target: fn("starts"), method: "POST" }),
    testRoute({ path: "/v1/small", target: fn("echo"), method: "POST", maxBodyBytes: 10 }),
    testRoute({ path: "/v1/v2/:id", target: { ...fn("echo"), eventFormat: "aws-v2" } }),
    testRoute({ path: "/v1/limited", target: fn("echo"), rateLimit: { requestsPerMinute: 2 } }),
    testRoute({
      path: "/v1/limited-key",
      target: fn("echo"),
      auth: apiKey,
      rateLimit: { requestsPerMinute: 1, per: "key" },
    }),
    testRoute({
      path: "/v1/up/*",
      method: "ANY",
      auth: apiKey,
      target: { type: "http", url: `${up}/base?k=1` },
    }),
    testRoute({ path: "/v1/user/:id", target: { type: "http", url: `${up}/u/{id}/x` } }),
    testRoute({ path: "/v1/upload", method: "POST", maxBodyBytes: 1_000, target: { type: "http", url: up } }),
    testRoute({ path: "/v1/moved", target: { type: "http", url: `${up}/moved` } }),
    testRoute({ path: "/v1/hangs", target: { type: "http", url: `${up}/hangs`, timeoutMs: 60 } }),
    testRoute({ path: "/v1/breaks", target: { type: "http", url: `${up}/breaks` } }),
    testRoute({ path: "/v1/half", target: { type: "http", url: `${up}/half` } }),
    testRoute({ path: "/v1/down", target: { type: "http", url: "http://127.0.0.1:1/" } }),
    testRoute({ path: "/v1/jobs", method: "POST", auth: apiKey, target: { type: "job", function: "echo" } }),
    testRoute({
      path: "/v1/pipelines",
      method: "POST",
      target: { type: "pipeline", functions: ["echo", "throws"], maxAttempts: 7 },
    }),
    testRoute({ path: "/v1/jobs/:jobId", auth: apiKey, target: { type: "job-status" } }),
    testRoute({ path: "/v1/off", enabled: false, target: fn("echo") }),
  ]);
  await fixture.served(acme, number);
});

after(async () => {
  await fixture?.close();
  upstream.closeAllConnections();
  upstream.close();
});

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${fixture.url}/gw/acme${path}`, { redirect: "manual", ...init });
const withKey = (value: string) => ({ headers: { "X-Api-Key": value } });
async function expectError(
  response: Response,
  status: number,
  code: string,
): Promise<ErrorEnvelope["error"]> {
  const { error } = (await response.json()) as ErrorEnvelope;
  assert.deepEqual([response.status, error.code], [status, code], error.message);
  assert.equal(error.requestId, response.headers.get("x-request-id"));
  assert.ok(error.message.length > 0);
  return error;
}

test("a handler receives the documented event and context", async () => {
  const response = await call("/v1/echo/a%2Fb?x=1&x=2&y=%20", {
    method: "POST",
    body: '{"ü":1}',
    headers: { "X-Custom": "v", "X-Request-Id": "my-id-1", "content-type": "application/json" },
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-request-id"), "my-id-1");
  const { event, context } = (await response.json()) as {
    event: ReturnType<typeof simpleEvent>;
    context: { functionName: string };
  };
  const { headers, multiValueHeaders, requestContext, ...rest } = event;
  assert.deepEqual(rest, {
    resource: "/v1/echo/:id",
    path: "/v1/echo/a%2Fb",
    httpMethod: "POST",
    queryStringParameters: { x: "2", y: " " },
    multiValueQueryStringParameters: { x: ["1", "2"], y: [" "] },
    pathParameters: { id: "a/b" },
    body: '{"ü":1}',
    isBase64Encoded: false,
  });
  assert.equal(headers["x-custom"], "v");
  assert.deepEqual(multiValueHeaders["x-custom"], ["v"]);
  assert.equal(requestContext.requestId, "my-id-1");
  assert.equal(requestContext.tenant, "acme");
  assert.equal(requestContext.identity.sourceIp, "127.0.0.1");
  assert.equal(requestContext.authorizer, null);
  assert.equal(context.functionName, "echo");
});

test("binary bodies arrive as base64 and binary answers leave as bytes", async () => {
  const sent = await call("/v1/echo/1", { method: "POST", body: new Uint8Array([255, 0]) });
  const { event } = (await sent.json()) as { event: { body: string; isBase64Encoded: boolean } };
  assert.deepEqual([event.body, event.isBase64Encoded], ["/wA=", true]);
  const answer = await call("/v1/shapes");
  assert.equal(answer.status, 201);
  assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [0, 255, 1]);
  assert.equal(answer.headers.get("content-length"), "3");
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.equal(answer.headers.get("x-own"), "1");
  assert.notEqual(answer.headers.get("x-request-id"), "forged");
});

test("a target's own CORS headers are dropped where the route has CORS, and only there", async () => {
  assert.equal((await call("/v1/shapes")).headers.get("access-control-allow-origin"), "*");
  assert.equal((await call("/v1/shapes-open")).headers.get("access-control-allow-origin"), "https://x");
});

test("HEAD is answered by GET without a body, and the aws-v2 event is delivered where asked for", async () => {
  const head = await call("/v1/files/a", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
  assert.ok(Number(head.headers.get("content-length")) > 0);
  const v2 = (await (await call("/v1/v2/7?a=1")).json()) as { event: Record<string, unknown> };
  assert.deepEqual(
    [v2.event.version, v2.event.rawQueryString, v2.event.pathParameters],
    ["2.0", "a=1", { id: "7" }],
  );
});

test("addresses that lead nowhere have the envelope, a request ID and, for 405, Allow", async () => {
  await expectError(await fetch(`${fixture.url}/gw/nobody/v1`), 404, "tenant_not_found");
  await expectError(await fetch(`${fixture.url}/elsewhere`), 404, "route_not_found");
  await expectError(await call("/v1/off"), 404, "route_not_found");
  await expectError(await call(""), 404, "route_not_found");
  const wrong = await call("/v1/small");
  await expectError(wrong, 405, "method_not_allowed");
  assert.equal(wrong.headers.get("allow"), "POST");
  await expectError(await call("/v1/%zz"), 400, "bad_request");
  const forged = await call("/v1/off", { headers: { "X-Request-Id": "has spaces and is odd" } });
  assert.match(forged.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
});

test("every kind of bad credential is refused with its own code and a challenge", async () => {
  const never = formatCredential("apiKey", new Uint8Array(32).fill(9));
  const cases: [string, RequestInit, string][] = [
    ["/v1/keyed/1", {}, "missing_credentials"],
    ["/v1/keyed/1?X-Api-Key=secret&api_key=secret", {}, "missing_credentials"],
    ["/v1/keyed/1", { headers: { Authorization: `Bearer ${key.key}` } }, "missing_credentials"],
    ["/v1/keyed/1", withKey("nonsense"), "invalid_api_key"],
    ["/v1/keyed/1", withKey(never), "invalid_api_key"],
    ["/v1/keyed/1", withKey(foreign.key), "invalid_api_key"],
    ["/v1/keyed/1", withKey(expired.key), "expired_api_key"],
  ];
  for (const [path, init, code] of cases) {
    const response = await call(path, init);
    await expectError(response, 401, code);
    assert.match(response.headers.get("www-authenticate") ?? "", /^ApiKey /);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
  }
  const passed = await call("/v1/keyed/1", withKey(key.key));
  assert.equal(passed.status, 200);
  const text = await passed.text();
  assert.ok(!text.includes(key.key), "the handler does not see the key");
  assert.ok(text.includes(key.id), "the handler sees which key it was");
});

test("the route's list of keys and the key's list of requests both have a say", async () => {
  assert.equal((await call("/v1/only", withKey(key.key))).status, 200);
  await expectError(await call("/v1/only", withKey(other.key)), 403, "key_not_allowed");
  assert.equal((await call("/v1/keyed/1", withKey(narrow.key))).status, 200);
  await expectError(await call("/v1/elsewhere", withKey(narrow.key)), 403, "request_not_authorized");
  await expectError(
    await call("/v1/keyed/1", { ...withKey(narrow.key), method: "POST" }),
    403,
    "request_not_authorized",
  );
});

test("dated versions are chosen by header, and mistakes list what there is", async () => {
  const missing = await expectError(await call("/v1/versioned"), 400, "version_required");
  assert.match(missing.message, /2024-06-01 \(latest\), 2024-01-01/);
  const unknown = await call("/v1/versioned", { headers: { "X-Api-Version": "1999-01-01" } });
  await expectError(unknown, 400, "unsupported_version");
  assert.equal((await call("/v1/versioned", { headers: { "X-Api-Version": "2024-01-01" } })).status, 200);
});

test("a preflight needs no key, and an echoed origin always comes with Vary", async () => {
  const preflight = (origin: string) =>
    call("/v1/only", {
      method: "OPTIONS",
      headers: { Origin: origin, "Access-Control-Request-Method": "GET" },
    });
  const allowed = await preflight("https://app.example");
  assert.equal(allowed.status, 204);
  assert.equal(await allowed.text(), "");
  assert.equal(allowed.headers.get("access-control-allow-origin"), "https://app.example");
  assert.equal(allowed.headers.get("access-control-allow-credentials"), "true");
  assert.equal(allowed.headers.get("access-control-allow-headers"), "Content-Type, Authorization, X-Api-Key");
  assert.equal(allowed.headers.get("access-control-max-age"), "600");
  assert.equal(allowed.headers.get("vary"), "Origin");
  assert.ok(allowed.headers.get("x-request-id"));
  const refused = await preflight("https://evil.example");
  assert.equal(refused.headers.get("access-control-allow-origin"), null);
  assert.equal(refused.headers.get("vary"), "Origin");
  const unauthorized = await call("/v1/only", { headers: { Origin: "https://app.example" } });
  assert.equal(unauthorized.status, 401);
  assert.equal(unauthorized.headers.get("access-control-allow-origin"), "https://app.example");
  assert.equal(unauthorized.headers.get("access-control-expose-headers"), "X-Own");
  assert.equal(unauthorized.headers.get("vary"), "Origin");
});

test("what a handler does wrong is 502 or 504 and gives nothing away", async () => {
  for (const path of ["/v1/throws", "/v1/nonsense", "/v1/missing"]) {
    const error = await expectError(await call(path), 502, "target_error");
    assert.ok(!error.message.includes("secret"));
  }
  await expectError(await call("/v1/slow"), 504, "target_timeout");
});

test("a body over the limit is 413, announced or in chunks, and the connection lives on", async () => {
  const chunks = (...parts: string[]) => new Blob(parts).stream();
  assert.equal((await call("/v1/small", { method: "POST", body: "1234567890" })).status, 200);
  await expectError(await call("/v1/small", { method: "POST", body: "12345678901" }), 413, "body_too_large");
  const streamed = { method: "POST", body: chunks("123456", "78901"), duplex: "half" } as RequestInit;
  await expectError(await call("/v1/small", streamed), 413, "body_too_large");
  await expectError(
    await call("/v1/small", { method: "POST", body: "x".repeat(3_000_000) }),
    413,
    "body_too_large",
  );
  await expectError(
    await call("/v1/upload", { method: "POST", body: "x".repeat(1_001) }),
    413,
    "body_too_large",
  );
  const large = {
    method: "POST",
    body: chunks("x".repeat(600), "y".repeat(600)),
    duplex: "half",
  } as RequestInit;
  await expectError(await call("/v1/upload", large), 413, "body_too_large");
  const fits = { method: "POST", body: chunks("x".repeat(600)), duplex: "half" } as RequestInit;
  assert.equal(await (await call("/v1/upload", fits)).text(), "upstream 600");
});

test("a limited route counts, says so on every answer, and refuses with Retry-After", async () => {
  const remaining = async () => {
    const response = await call("/v1/limited");
    return [response.status, response.headers.get("ratelimit"), response.headers.get("ratelimit-policy")];
  };
  assert.deepEqual(await remaining(), [200, '"ip";r=1;t=60', '"ip";q=2;w=60']);
  assert.equal((await remaining())[0], 200);
  const refused = await call("/v1/limited");
  await expectError(refused, 429, "rate_limited");
  const wait = Number(refused.headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 60);
  assert.match(refused.headers.get("ratelimit") ?? "", /^"ip";r=0;t=\d+$/);
  assert.equal((await call("/v1/limited-key", withKey(key.key))).status, 200);
  assert.equal((await call("/v1/limited-key", withKey(key.key))).status, 429);
  assert.equal((await call("/v1/limited-key", withKey(other.key))).status, 200);
  const unauthorized = await call("/v1/limited-key");
  assert.equal(unauthorized.status, 401);
  assert.equal(unauthorized.headers.get("ratelimit-policy"), '"key";q=1;w=60');
});

test("an upstream gets the request without the gateway's key and hop-by-hop headers", async () => {
  seen.length = 0;
  const response = await call("/v1/up/a%2Fb/c?q=1", {
    method: "POST",
    body: "hello",
    headers: { "X-Api-Key": key.key, "X-Forwarded-For": "6.6.6.6", "X-Request-Id": "req-7", TE: "trailers" },
  });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "upstream 5");
  const [received] = seen;
  assert.equal(received?.url, "/base/a%2Fb/c?k=1&q=1");
  assert.equal(received?.body, "hello");
  assert.equal(received?.headers["x-api-key"], undefined);
  assert.equal(received?.headers.te, undefined);
  assert.equal(received?.headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(received?.headers["x-request-id"], "req-7");
  assert.match(received?.headers.host ?? "", /^127\.0\.0\.1:/);
  assert.equal(response.headers.get("x-request-id"), "req-7");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.equal(response.headers.get("x-private"), null);
  assert.equal(response.headers.get("x-public"), "2");
});

test("parameters are filled into an upstream's path and cannot add to it", async () => {
  seen.length = 0;
  await call("/v1/user/a%2F..%2Fb%3Fx");
  assert.equal(seen[0]?.url, "/u/a%2F..%2Fb%3Fx/x");
  const moved = await call("/v1/moved");
  assert.equal(moved.status, 302);
  assert.equal(moved.headers.get("location"), "/elsewhere");
});

test("an upstream that hangs is 504, one that breaks or is not there is 502", async () => {
  await expectError(await call("/v1/hangs"), 504, "target_timeout");
  await expectError(await call("/v1/breaks"), 502, "target_error");
  await expectError(await call("/v1/down"), 502, "target_error");
  await assert.rejects(call("/v1/half").then((response) => response.text()));
});

test("a job target answers 202 at once, and the status route tells how it stands", async () => {
  const post = (headers: Record<string, string> = {}) =>
    call("/v1/jobs", {
      method: "POST",
      body: '{"n":1}',
      headers: { "X-Api-Key": key.key, Authorization: "Bearer t", Cookie: "c=1", ...headers },
    });
  const response = await post();
  assert.equal(response.status, 202);
  const { data } = (await response.json()) as { data: { jobId: string; status: string } };
  assert.equal(data.status, "queued");
  assert.equal(response.headers.get("location"), `/gw/acme/v1/jobs/${data.jobId}`);
  const { rows } = await fixture.pool.query("SELECT input, api_key_id, request_id FROM jobs WHERE id = $1", [
    data.jobId,
  ]);
  assert.equal(rows[0].api_key_id, key.id);
  assert.equal(rows[0].request_id, response.headers.get("x-request-id"));
  assert.equal(rows[0].input.body, '{"n":1}');
  for (const name of ["x-api-key", "authorization", "cookie"])
    assert.equal(rows[0].input.headers[name], undefined);

  const status = await fetch(`${fixture.url}${response.headers.get("location")}`, withKey(key.key));
  assert.equal(status.status, 200);
  const body = (await status.json()) as { data: Record<string, unknown> };
  assert.deepEqual(Object.keys(body.data), [
    ...[
      "jobId",
      "status",
      "attempts",
      "maxAttempts",
      "createdAt",
      "startedAt",
      "finishedAt",
      "result",
      "error",
    ],
  ]);
  assert.deepEqual([body.data.status, body.data.attempts, body.data.maxAttempts], ["queued", 0, 5]);
  const unknown = await call("/v1/jobs/0190a000-0000-7000-8000-00000000dead", withKey(key.key));
  await expectError(unknown, 404, "route_not_found");
  await expectError(await call("/v1/jobs/nonsense", withKey(key.key)), 404, "route_not_found");

  const once = (await (await post({ "Idempotency-Key": "k-1" })).json()) as { data: { jobId: string } };
  const twice = (await (await post({ "Idempotency-Key": "k-1" })).json()) as { data: { jobId: string } };
  assert.equal(once.data.jobId, twice.data.jobId);
  assert.notEqual(once.data.jobId, data.jobId);
  const another = await post({ "Idempotency-Key": "k-1", "X-Api-Key": other.key });
  assert.notEqual(((await another.json()) as { data: { jobId: string } }).data.jobId, once.data.jobId);
  await expectError(await post({ "Idempotency-Key": "has space" }), 400, "bad_request");
});

test("a pipeline route enqueues one job with all its steps, once per idempotency key", async () => {
  const send = () =>
    call("/v1/pipelines", { method: "POST", body: "{}", headers: { "Idempotency-Key": "pipe-1" } });
  const first = await send();
  assert.equal(first.status, 202);
  const { data } = (await first.json()) as { data: { jobId: string; status: string } };
  assert.equal(data.status, "queued");
  const again = (await (await send()).json()) as { data: { jobId: string } };
  assert.equal(again.data.jobId, data.jobId);
  const { rows } = await fixture.pool.query(
    "SELECT function, steps, step, step_attempts, max_attempts, input FROM jobs WHERE id = $1",
    [data.jobId],
  );
  const { input, ...job } = rows[0];
  assert.deepEqual(job, {
    function: "echo",
    steps: ["echo", "throws"],
    step: 0,
    step_attempts: 7,
    max_attempts: 7,
  });
  assert.equal(input.httpMethod, "POST");
});

test("a handler's durable.startNew enqueues a job of its tenant", async () => {
  const response = await call("/v1/starts", { method: "POST" });
  assert.equal(response.status, 202);
  const { rows } = await fixture.pool.query(
    "SELECT function, state, input, enqueued_by, t.slug FROM jobs j JOIN tenants t ON t.id = tenant_id WHERE j.id = $1",
    [await response.text()],
  );
  assert.deepEqual(rows, [
    { function: "echo", state: "queued", input: { n: 1 }, enqueued_by: "handler", slug: "acme" },
  ]);
});

test("one line per request is logged, without keys, queries or bodies", async () => {
  fixture.lines.length = 0;
  await call("/v1/only?token=query-secret", {
    headers: { "X-Api-Key": key.key, Authorization: "Bearer header-secret", "X-Request-Id": "logged-1" },
  });
  const line = await eventually("the log line", () =>
    fixture.lines.find((each) => each.requestId === "logged-1"),
  );
  assert.deepEqual(
    [line.message, line.method, line.path, line.status, line.tenant, line.apiKeyId],
    ["request", "GET", "/gw/acme/v1/only", 200, "acme", key.id],
  );
  const all = JSON.stringify(fixture.lines);
  for (const secret of [key.key, "query-secret", "header-secret"]) assert.ok(!all.includes(secret));
});

test("the last use of a key is recorded to the minute, after the fact", async () => {
  await call("/v1/keyed/1", withKey(other.key));
  const used = await eventually("the use of the key", async () => {
    const { rows } = await fixture.pool.query(
      "SELECT last_used_at FROM api_key_usage WHERE api_key_id = $1",
      [other.id],
    );
    return rows[0]?.last_used_at as Date | undefined;
  });
  assert.equal(used.getTime() % 60_000, 0);
  assert.ok(Math.abs(Date.now() - used.getTime()) < 120_000);
});

test("health and readiness are told, and functions are registered", async () => {
  assert.equal((await fetch(`${fixture.url}/healthz`)).status, 200);
  assert.equal((await fetch(`${fixture.url}/readyz`)).status, 200);
  await eventually("the functions", async () => {
    const { rows } = await fixture.pool.query("SELECT name FROM functions ORDER BY name");
    return rows.map(({ name }) => name).join() === "echo,nonsense,shapes,slow,starts,throws";
  });
});
