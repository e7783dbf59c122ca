import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import type { simpleEvent } from "#lib/contract/event.ts";
import {
  type GatewayFixture,
  gatewayFixture,
  type TestKey,
  type TestTenant,
  testRoute,
} from "../../tests/harness/gateway.ts";

let fixture: GatewayFixture;
let acme: TestTenant;
let key: TestKey;
const seen: { url: string; headers: IncomingHttpHeaders }[] = [];
const upstream = createServer((req, res) => {
  seen.push({ url: req.url as string, headers: req.headers });
  res.writeHead(200, { "X-Internal": "host-7", "X-Kept": "1", Server: "up", "Content-Length": "2" });
  res.end("up");
});

const transform = {
  request: {
    setHeaders: { "X-Api-Key": "the-upstream's-own", "X-Tenant": "acme" },
    removeHeaders: ["Cookie", "x-DEBUG"],
    path: "/people/:id/*",
  },
  response: { setHeaders: { "X-Set": "1", "x-kept": "2" }, removeHeaders: ["X-INTERNAL", "server"] },
};

before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const up = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  fixture = await gatewayFixture({
    functions: {
      "echo.mjs": `export const handler = (event) => ({ statusCode: 200, body: JSON.stringify(event),
        headers: { "X-Internal": "host-7", "X-Kept": "1", Server: "fn", "X-Request-Id": "forged" } });`,
      "throws.mjs": "export const handler = () => { throw new Error('no'); };",
    },
  });
  acme = await fixture.tenant("acme");
  key = await fixture.mint(acme);
  const fn = { type: "function", function: "echo" } as const;
  const auth = { mode: "api-key" } as const;
  const number = await fixture.publish(acme, [
    testRoute({ path: "/fn/:id/*", target: fn, transform }),
    testRoute({ path: "/v2/:id/*", target: { ...fn, eventFormat: "aws-v2" }, transform }),
    testRoute({ path: "/up/:id/*", auth, target: { type: "http", url: `${up}/base?k=1` }, transform }),
    testRoute({ path: "/fails/:id/*", target: { type: "function", function: "throws" }, transform }),
    testRoute({
      path: "/jobs/:id/*",
      method: "POST",
      target: { type: "job", function: "echo" },
      transform: {
        request: { ...transform.request, setHeaders: { "X-Tenant": "acme" } },
        response: transform.response,
      },
    }),
  ]);
  await fixture.served(acme, number);
});

after(async () => {
  await fixture?.close();
  upstream.closeAllConnections();
  upstream.close();
});

const call = (path: string, init: RequestInit = {}) => fetch(`${fixture.url}/gw/acme${path}`, init);
const SENT = { Cookie: "a=1", "X-Debug": "1", "X-Own": "1", "X-Tenant": "forged" };

function assertTransformed(headers: Headers): void {
  assert.deepEqual(
    ["x-set", "x-kept", "x-internal", "server", "access-control-allow-origin"].map((name) =>
      headers.get(name),
    ),
    ["1", "2", null, null, "*"],
  );
}

test("a handler gets the rewritten path and headers, and its caller the changed answer", async () => {
  const response = await call("/fn/a%2Fb/x/..%2f/y?q=%20&q=2", { headers: SENT });
  const event = (await response.json()) as ReturnType<typeof simpleEvent>;
  assert.equal(event.path, "/people/a%2Fb/x/..%2F/y");
  assert.equal(event.requestContext.path, event.path);
  assert.equal(event.resource, "/fn/:id/*");
  assert.deepEqual({ ...event.pathParameters }, { id: "a/b", proxy: "x/..//y" });
  assert.deepEqual(event.multiValueQueryStringParameters?.q, [" ", "2"]);
  const { cookie, "x-debug": debug, "x-own": own, "x-tenant": tenant, "x-api-key": sent } = event.headers;
  assert.deepEqual(
    [cookie, debug, own, tenant, sent],
    [undefined, undefined, "1", "acme", "the-upstream's-own"],
  );
  assert.deepEqual(event.multiValueHeaders["x-tenant"], ["acme"]);
  assertTransformed(response.headers);
  assert.notEqual(response.headers.get("x-request-id"), "forged");
  const v2 = (await (await call("/v2/7/x", { headers: SENT })).json()) as {
    rawPath: string;
    cookies?: string[];
    requestContext: { http: { path: string } };
  };
  assert.deepEqual(
    [v2.rawPath, v2.requestContext.http.path, v2.cookies],
    ["/people/7/x", "/people/7/x", undefined],
  );
});

test("an upstream gets the rewritten path below its base, with a credential in place of the caller's", async () => {
  const response = await call("/up/7/x/y?q=1", { headers: { ...SENT, "X-Api-Key": key.key } });
  assert.equal(await response.text(), "up");
  assertTransformed(response.headers);
  const { url, headers } = seen.at(-1) as (typeof seen)[number];
  assert.equal(url, "/base/people/7/x/y?k=1&q=1");
  assert.deepEqual(
    [headers["x-api-key"], headers["x-tenant"], headers.cookie, headers["x-debug"], headers["x-own"]],
    ["the-upstream's-own", "acme", undefined, undefined, "1"],
  );
  assert.equal(headers["x-request-id"], response.headers.get("x-request-id"));
});

test("a job's input is the transformed request, and its 202 the transformed answer", async () => {
  const response = await call("/jobs/7/x", { method: "POST", headers: SENT, body: "{}" });
  assert.equal(response.status, 202);
  assertTransformed(response.headers);
  const { rows } = await fixture.pool.query<{ input: ReturnType<typeof simpleEvent> }>(
    "SELECT input FROM jobs WHERE tenant_id = $1",
    [acme.id],
  );
  const input = rows[0]?.input;
  assert.deepEqual(
    [input?.path, input?.headers["x-tenant"], input?.headers.cookie],
    ["/people/7/x", "acme", undefined],
  );
});

test("the gateway's own error answers are not transformed", async () => {
  const response = await call("/fails/7/x");
  assert.equal(response.status, 502);
  assert.deepEqual([response.headers.get("x-set"), response.headers.get("x-kept")], [null, null]);
});

test("a revision with a transformation that may not be carried out is refused whole, and what was served stays", async () => {
  const target = { type: "function", function: "echo" } as const;
  for (const bad of [
    { request: { setHeaders: { Host: "elsewhere" } } },
    { request: { path: "/:unknown" } },
    { response: { removeHeaders: ["X-Request-Id"] } },
  ]) {
    await fixture.served(
      acme,
      await fixture.publish(acme, [testRoute({ path: "/bad", target, transform: bad })]),
    );
    assert.equal((await call("/bad")).status, 404);
    assert.equal((await call("/fn/7/x")).status, 200);
  }
});
