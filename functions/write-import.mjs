/**
 * Second step of the demo's import: takes what check-import returned, and fails when the archive is to be written,
 * which is read-only. The job's ID names the batch, so that writing it twice writes it once.
 */
export async function handler({ store, accepted }, context) {
  if (store === "archive") throw new Error("the archive is read-only");
  return { batch: context?.jobId ?? "none", store, written: accepted };
}
