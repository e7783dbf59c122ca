"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import type { JobDetail } from "#lib/jobs/schema.ts";

type Props = { tenant: { slug: string; role: Role }; job: Pick<JobDetail, "id" | "deletesAt" | "held"> };

/** Until when the job is kept, and the switch that keeps it longer. */
export function JobRetention({ tenant, job }: Props) {
  const [asking, setAsking] = useState(false);
  const { held, deletesAt } = job;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-y py-3">
      <div className="min-w-0">
        {held ? (
          <>
            <p>
              Held by {held.by || "somebody"}, <RelativeTime at={held.at} />: it is not deleted until it is
              released.
            </p>
            {held.reason ? <p className="break-words text-muted">“{held.reason}”</p> : null}
          </>
        ) : deletesAt ? (
          <p>
            Will be deleted <RelativeTime at={deletesAt} />, with its payload, result and history.
          </p>
        ) : (
          <p>Kept as long as it has not ended. After that its tenant’s settings say for how long.</p>
        )}
      </div>
      <Button size="small" disabledReason={whyNot(tenant.role, "job.act")} onClick={() => setAsking(true)}>
        {held ? "Release" : "Hold"}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={held ? "Release this job?" : "Hold this job?"}
        size="small"
      >
        <p className="mb-4">
          {held
            ? "It is deleted when its time has come; where that has passed, within minutes."
            : "It is kept, with its payload, result and history, until somebody releases it."}
        </p>
        <HoldForm slug={tenant.slug} job={job} onClose={() => setAsking(false)} />
      </Dialog>
    </div>
  );
}

function HoldForm({ slug, job, onClose }: { slug: string; job: Props["job"]; onClose: () => void }) {
  const client = useQueryClient();
  const action = job.held ? "release" : "hold";
  const form = useForm({
    initial: { reason: "" },
    schema: () => import("#lib/jobs/schema.ts").then((module) => module.jobActionSchema),
    fields: ["reason"],
    send: (input) => api.post(`/tenants/${encodeURIComponent(slug)}/jobs/${job.id}/${action}`, input),
    onSaved: () => {
      onClose();
      toast.success(action === "hold" ? "Job held" : "Job released");
      void client.invalidateQueries({ queryKey: ["job", slug, job.id] });
    },
  });
  return (
    <Form
      aria-label={action === "hold" ? "Hold this job" : "Release this job"}
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            {action === "hold" ? "Hold job" : "Release job"}
          </Button>
        </>
      }
    >
      <Field
        label="Reason"
        name="reason"
        hint="Kept with the job and in the audit log."
        error={form.errorAt("reason")}
      >
        <Textarea
          rows={2}
          value={form.values.reason}
          onValueChange={(reason) => form.set({ reason: reason.replace(/[\r\n]+/g, " ") })}
        />
      </Field>
    </Form>
  );
}
