import type { CommandContext } from "#lib/command/define.ts";
import { jobTerms } from "#lib/contract/job-terms.ts";
import { applyPatch } from "#lib/contract/json-patch.ts";
import { MASK } from "#lib/contract/masking.ts";
import { conflict, DomainError, invalid } from "#lib/errors/domain-error.ts";
import { keptChange } from "./payload-change.ts";
import { checkPayload } from "./payload-check.ts";
import { whyNotEdit } from "./rules.ts";
import type { Pipeline } from "./schema.ts";

/** No payload is larger, however it came to be. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

type Stored = {
  input: unknown;
  routeId: string | null;
  revision: number | null;
  enqueuedBy: "route" | "handler";
};

/**
 * Changes the payload of a job that the caller holds locked: by a patch on what is stored, held against the route's
 * schema. Gives what the job's history keeps of it, and where it changed for the audit log. Throws `invalid_input` for
 * a patch that cannot be applied, `payload_too_large`, or `conflict` for a pipeline past its first step.
 */
export async function patchPayload(
  { tx, actor }: CommandContext,
  job: { id: string; pipeline: Pipeline | null },
  patch: unknown,
): Promise<{ kept: string; paths: string[] }> {
  const tenantId = actor.tenant.id;
  const refusal = whyNotEdit(job);
  if (refusal) throw conflict(refusal);
  const [stored] = await tx.$queryRaw<Stored[]>`
    SELECT input, route_id AS "routeId", revision, enqueued_by AS "enqueuedBy" FROM jobs
    WHERE tenant_id = ${tenantId}::uuid AND id = ${job.id}::uuid`;
  const made = stored as Stored;
  const patched = applyPatch(made.input, patch, MASK);
  if (!patched.ok) throw invalid(patched.details, "The payload cannot be changed so.");
  const text = JSON.stringify(patched.value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new DomainError(
      "payload_too_large",
      `The changed payload has ${bytes.toLocaleString("en")} bytes; at most ${MAX_PAYLOAD_BYTES.toLocaleString("en")} are kept.`,
    );
  }
  const checkedBy = await checkPayload(tx, tenantId, made, patched.value);
  await tx.$executeRaw`
    UPDATE jobs SET input = ${text}::json WHERE tenant_id = ${tenantId}::uuid AND id = ${job.id}::uuid`;
  // The search by value looks for what is in the payload now; the hour is mixed in as when the job was enqueued.
  const terms = jobTerms(tenantId, patched.value, made.enqueuedBy);
  await tx.$executeRaw`
    INSERT INTO job_terms (job_id, tenant_id, created_at, terms)
    SELECT id, tenant_id, created_at, ARRAY(
      SELECT term # (floor(extract(epoch FROM created_at) / 3600)::bigint << 40)
      FROM unnest(${terms}::bigint[]) term)
    FROM jobs WHERE tenant_id = ${tenantId}::uuid AND id = ${job.id}::uuid
    ON CONFLICT (job_id) DO UPDATE SET terms = EXCLUDED.terms`;
  return {
    kept: keptChange(patched.changes, checkedBy),
    paths: patched.changes.map(({ path }) => path).slice(0, 50),
  };
}
