import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type GatewayFixture, gatewayFixture, testRoute } from "#tests/harness/gateway.ts";

let fixture: GatewayFixture;
let base: string;

before(async () => {
  fixture = await gatewayFixture({ functions: { "work.mjs": "export const handler = async () => 1;" } });
  const tenant = await fixture.tenant("bodies");
  const target = { type: "job", function: "work" } as const;
  const body = { type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } };
  const number = await fixture.publish(tenant, [
    testRoute({ path: "/jobs", method: "POST", target, maxBodyBytes: 1_000 }),
    testRoute({ path: "/checked", method: "POST", target, validation: { body } }),
    testRoute({ path: "/jobs/:jobId", target: { type: "job-status" } }),
  ]);
  await fixture.served(tenant, number);
  base = `${fixture.url}/gw/bodies`;
});
after(() => fixture.close());

const jobs = async () => (await fixture.pool.query("SELECT id, input FROM jobs ORDER BY id")).rows;
const post = async (path: string, body: string | Uint8Array, type = "application/json") => {
  const response = await fetch(base + path, {
    method: "POST",
    body: body as BodyInit,
    headers: { "content-type": type },
  });
  return {
    status: response.status,
    answer: (await response.json()) as { data?: { jobId: string }; error?: { code: string } },
  };
};

test("a payload over the limit of its route is 413, and no job is made", async () => {
  const { status, answer } = await post("/jobs", "x".repeat(1_001));
  assert.deepEqual([status, answer.error?.code], [413, "body_too_large"]);
  assert.deepEqual(await jobs(), []);
});

test("a payload that is not JSON, or not what the route asks for, is 422 where it is checked, and no job is made", async () => {
  for (const [body, type] of [
    ["{not json", "application/json"],
    ["", "application/json"],
    ['{"orderId":5}', "application/json"],
  ] as const) {
    const { status, answer } = await post("/checked", body, type);
    assert.deepEqual([status, answer.error?.code], [422, "invalid_body"], body);
  }
  assert.equal((await post("/checked", "orderId=5", "text/plain")).status, 415);
  assert.deepEqual(await jobs(), []);
});

test("a payload that is not JSON is handed to the job as it is where nothing is checked, to the byte", async () => {
  const odd = await post("/jobs", "{not json \u0000 é");
  const binary = await post("/jobs", new Uint8Array([0, 255, 254, 1]), "application/octet-stream");
  assert.deepEqual([odd.status, binary.status], [202, 202]);
  const inputs = new Map((await jobs()).map((row) => [row.id, row.input]));
  assert.equal(inputs.get(odd.answer.data?.jobId).body, "{not json \u0000 é");
  const { body, isBase64Encoded } = inputs.get(binary.answer.data?.jobId);
  assert.deepEqual([body, isBase64Encoded], [Buffer.from([0, 255, 254, 1]).toString("base64"), true]);
});

test("the status of a job that was deleted, that never was, or that is no id at all reads 404", async () => {
  const { answer } = await post("/jobs", "{}");
  const id = answer.data?.jobId as string;
  const status = async (jobId: string) => (await fetch(`${base}/jobs/${jobId}`)).status;
  assert.equal(await status(id), 200);
  await fixture.pool.query("DELETE FROM jobs WHERE id = $1", [id]);
  assert.deepEqual([await status(id), await status(uuidv7()), await status("nonsense")], [404, 404, 404]);
});
