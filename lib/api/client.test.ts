import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import { ApiError, api } from "./client.ts";

/** A real server; only the browser's habit of resolving relative addresses is supplied. */
async function serve(context: TestContext, listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => real(new URL(String(input), origin), init);
  context.after(() => {
    globalThis.fetch = real;
    server.closeAllConnections();
    server.close();
  });
}

const refusal = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error = await promise.then(
    () => assert.fail("was accepted"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApiError);
  return error;
};

test("a page of a list keeps its cursor and sends only the filters that are set", async (context) => {
  let seen = "";
  await serve(context, (request, response) => {
    seen = request.url ?? "";
    response.end(JSON.stringify({ data: [1, 2], next_cursor: "n" }));
  });
  const page = await api.page<number>("/tenants/acme/jobs", { query: { state: "dead", q: "" } });
  assert.deepEqual(page, { data: [1, 2], nextCursor: "n" });
  assert.equal(seen, "/api/v1/tenants/acme/jobs?state=dead");
});

test("an edit carries the version that was seen and unwraps the answer", async (context) => {
  await serve(context, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.end(
      JSON.stringify({ data: { method: request.method, match: request.headers["if-match"], body } }),
    );
  });
  assert.deepEqual(await api.put("/x", { a: 1 }, { ifMatch: 7 }), {
    method: "PUT",
    match: '"7"',
    body: '{"a":1}',
  });
});

test("a refusal arrives with its code, details, request ID and the time to wait", async (context) => {
  await serve(context, (_, response) => {
    response.writeHead(429, { "retry-after": "12" });
    response.end(
      JSON.stringify({
        error: {
          code: "rate_limited",
          message: "Slow down.",
          requestId: "req-1",
          details: [{ path: "name", message: "is too long" }],
        },
      }),
    );
  });
  const error = await refusal(api.post("/x"));
  assert.equal(error.status, 429);
  assert.equal(error.code, "rate_limited");
  assert.equal(error.message, "Slow down.");
  assert.equal(error.requestId, "req-1");
  assert.equal(error.retryAfter, 12);
  assert.deepEqual(error.details, [{ path: "name", message: "is too long" }]);
});

test("an answer that is not JSON, and no answer at all, are errors with words of their own", async (context) => {
  await serve(context, (request, response) => {
    if (request.url === "/api/v1/gone") request.socket.destroy();
    else response.writeHead(502, { "x-request-id": "edge-9" }).end("<html>");
  });
  const broken = await refusal(api.get("/broken"));
  assert.deepEqual([broken.status, broken.code, broken.requestId], [502, "bad_answer", "edge-9"]);
  const gone = await refusal(api.get("/gone"));
  assert.deepEqual([gone.status, gone.code], [0, "unreachable"]);
});

test("an answer without a body is nothing, not an error", async (context) => {
  await serve(context, (_, response) => response.writeHead(204).end());
  assert.equal(await api.delete("/x"), undefined);
});
