/**
 * POST /v1/datasets/:dataset/export: answers at once with 202 and the id of a job that does the slow work.
 * It starts the job itself; a route with a `job` target does the same without any code.
 */
export async function handler(event) {
  const dataset = event.pathParameters?.dataset ?? "customers";
  const job = await globalThis.durable.startNew("reindex-dataset", undefined, { dataset, documents: 2_000 });
  return {
    statusCode: 202,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: { jobId: job.instanceId, status: "queued" } }),
  };
}
