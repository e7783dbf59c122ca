import { CodeBlock } from "#components/code/code-block.tsx";
import type { JsonValue } from "#components/code/json-rows.ts";
import { JsonView } from "#components/code/json-view.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { JobDetail } from "#lib/jobs/schema.ts";
import { cutResult } from "./revealed.ts";

const MB = new Intl.NumberFormat("en", { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });

/** What a job returned; of a result that was too large to be kept, its beginning. */
export function JobResult({ job }: { job: Pick<JobDetail, "state" | "result" | "pipeline"> }) {
  if (job.state !== "succeeded") {
    return <p className="border-y py-3 text-muted">None: only a job that has succeeded has one.</p>;
  }
  const label = job.pipeline ? "What the last step returned" : "What the function returned";
  const cut = cutResult(job.result);
  if (!cut) return <JsonView value={(job.result ?? null) as JsonValue} label={label} />;
  return (
    <>
      <div className="mb-2">
        <Notice title={`Cut: ${MB.format(cut.bytes / 1_000_000)} of JSON is more than is kept of a result`}>
          Only its beginning is here, and the client is told no more. Store what is large and return where it
          is.
        </Notice>
      </div>
      <CodeBlock
        language="text"
        label={`${label}: the beginning`}
        code={cut.preview}
        className="[&>section]:max-h-96 [&>section]:overflow-y-auto"
      />
    </>
  );
}
