import assert from "node:assert/strict";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";
import { readHandlerResult } from "#lib/contract/handler-result.ts";
import { createFunctionsHost, FunctionError, type StartNewCall } from "./index.ts";

/** The sample functions that the demo serves, run as the gateway and the worker run them. */
const started: StartNewCall[] = [];
const quiet = () => undefined;
const host = createFunctionsHost({
  directory: fileURLToPath(new URL("../../functions", import.meta.url)),
  maxThreads: 1,
  memoryLimitMb: 64,
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  onStartNew: async (call) => {
    started.push(call);
    return { instanceId: "job-1" };
  },
});
after(() => host.close());

const context = { requestId: "r", tenantId: "t", tenant: "acme" };
const request = (fields: object) => ({
  httpMethod: "GET",
  path: "/v1/users",
  queryStringParameters: null,
  pathParameters: null,
  body: null,
  isBase64Encoded: false,
  requestContext: { tenant: "acme" },
  ...fields,
});
async function call(name: string, event: object): Promise<{ status: number; body: Record<string, never> }> {
  const result = readHandlerResult(await host.run(name, event, context, 5_000));
  assert.ok(result.ok);
  return { status: result.answer.statusCode, body: JSON.parse(result.answer.body) };
}

test("every sample is a function", async () => {
  await host.ready;
  for (const name of [
    "check-import",
    "export-dataset",
    "flaky",
    "hello",
    "reindex-dataset",
    "users",
    "write-import",
  ]) {
    assert.ok(host.names().includes(name), name);
  }
});

test("following the cursor visits every user once", async () => {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const queryStringParameters: Record<string, string> = { limit: "99", ...(cursor ? { cursor } : {}) };
    const { status, body } = await call("users", request({ queryStringParameters }));
    assert.equal(status, 200);
    const page = body as unknown as { data: { id: string }[]; next_cursor: string | null };
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  assert.equal(ids.length, 1_000);
  assert.equal(new Set(ids).size, 1_000);
});

test("users can be read one by one and created, and mistakes are the caller's", async () => {
  const get = (id: string) => call("users", request({ pathParameters: { id } }));
  assert.equal((await get("user-0007")).status, 200);
  assert.equal((await get("user-9999")).status, 404);
  const post = (body: string) => call("users", request({ httpMethod: "POST", body }));
  assert.equal((await post('{"name":"Ada"}')).status, 201);
  assert.equal((await post("{")).status, 400);
  assert.equal((await post("null")).status, 422);
  for (const queryStringParameters of [{ limit: "0" }, { limit: "x" }, { cursor: "junk" }]) {
    assert.equal((await call("users", request({ queryStringParameters }))).status, 400);
  }
});

test("an export answers with the job that does the work", async () => {
  const { status, body } = await call("export-dataset", request({ pathParameters: { dataset: "orders" } }));
  assert.deepEqual([status, body], [202, { data: { jobId: "job-1", status: "queued" } }]);
  const [job] = started;
  assert.equal(job?.function, "reindex-dataset");
  const first = await host.run("reindex-dataset", job?.input, context, 5_000);
  const second = await host.run("reindex-dataset", job?.input, context, 5_000);
  assert.deepEqual(first, second);
  assert.equal((first as { documents: number }).documents, 2_000);
});

test("the work also takes a request as its input, and refuses what makes no sense", async () => {
  const event = request({
    httpMethod: "POST",
    pathParameters: { dataset: "orders" },
    body: '{"documents":5}',
  });
  const result = (await host.run("reindex-dataset", event, context, 5_000)) as { documents: number };
  assert.equal(result.documents, 5);
  for (const input of [
    null,
    {},
    { dataset: "" },
    { dataset: "a", documents: 0 },
    { dataset: "a", pauseMs: -1 },
  ]) {
    await assert.rejects(host.run("reindex-dataset", input, context, 5_000), FunctionError);
  }
});

test("an import's second step writes what the first one let through, and never into the archive", async () => {
  const body = (fields: object) => request({ httpMethod: "POST", body: JSON.stringify(fields) });
  const checked = await host.run("check-import", body({ records: 250 }), context, 5_000);
  assert.deepEqual(checked, { store: "catalogue", accepted: 238, duplicates: 12 });
  const written = (await host.run("write-import", checked, context, 5_000)) as { written: number };
  assert.equal(written.written, 238);
  const archive = await host.run("check-import", body({ store: "archive" }), context, 5_000);
  await assert.rejects(host.run("write-import", archive, context, 5_000), /read-only/);
  await assert.rejects(host.run("check-import", body({ records: -1 }), context, 5_000), /records/);
});

test("the flaky one fails and succeeds on request", async () => {
  await assert.rejects(host.run("flaky", { fail: true }, context, 5_000), /inventory service/);
  assert.deepEqual(await host.run("flaky", { fail: false }, context, 5_000), { ok: true, attempt: 1 });
  const asked = request({ queryStringParameters: { fail: "true" } });
  await assert.rejects(host.run("flaky", asked, context, 5_000), /inventory service/);
});
