import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import { ApiError, api, onConfirmationRequired } from "./client.ts";

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

/** A server that refuses until somebody has confirmed, and counts what it was asked. */
async function serveUnconfirmed(context: TestContext) {
  const state = { confirmed: false, bodies: [] as string[] };
  await serve(context, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    state.bodies.push(body);
    if (state.confirmed) return response.end(JSON.stringify({ data: "done" }));
    response.writeHead(403);
    const error = { code: "confirmation_required", message: "Confirm that it is you.", requestId: "r" };
    return response.end(JSON.stringify({ error }));
  });
  context.after(() => onConfirmationRequired(null));
  return state;
}

test("a call that wants a confirmation asks once for all that wait, and is sent once more as it was", async (context) => {
  const state = await serveUnconfirmed(context);
  let questions = 0;
  let answer: () => void = () => undefined;
  onConfirmationRequired(() => {
    questions++;
    return new Promise((resolve) => {
      answer = () => {
        state.confirmed = true;
        resolve(true);
      };
    });
  });
  const calls = [api.post("/x", { a: 1 }), api.post("/x", { a: 1 })];
  while (state.bodies.length < 2 || questions === 0) await new Promise((resolve) => setImmediate(resolve));
  answer();
  assert.deepEqual(await Promise.all(calls), ["done", "done"]);
  assert.equal(questions, 1);
  assert.deepEqual(state.bodies, Array(4).fill('{"a":1}'));
});

test("somebody who declines to confirm, or whom nobody asks, gets the refusal", async (context) => {
  const state = await serveUnconfirmed(context);
  assert.equal((await refusal(api.post("/x"))).code, "confirmation_required");
  onConfirmationRequired(async () => false);
  assert.equal((await refusal(api.post("/x"))).code, "confirmation_required");
  assert.equal(state.bodies.length, 2);
});

test("a confirmation that does not help is not asked for again", async (context) => {
  const state = await serveUnconfirmed(context);
  let questions = 0;
  onConfirmationRequired(async () => {
    questions++;
    return true;
  });
  assert.equal((await refusal(api.post("/x"))).code, "confirmation_required");
  assert.deepEqual([questions, state.bodies.length], [1, 2]);
});
