"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import type { CappedCount } from "#lib/jobs/schema.ts";
import type { JobSettings } from "#lib/retention/schema.ts";
import type { Tenant } from "#lib/tenants/schema.ts";

const KINDS = [
  { name: "succeeded", label: "Succeeded jobs" },
  { name: "dead", label: "Dead jobs" },
  { name: "closed", label: "Cancelled and discarded jobs" },
] as const;
type Values = Record<(typeof KINDS)[number]["name"], string>;

const wholeNumber = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text);
const daysOf = (values: Values) => ({
  succeeded: wholeNumber(values.succeeded),
  dead: wholeNumber(values.dead),
  closed: wholeNumber(values.closed),
});

/** For how many days the tenant's ended jobs are kept; says what a shorter time would delete before it is saved. */
export function JobRetentionSettings({ tenant }: { tenant: Tenant }) {
  const path = `/tenants/${encodeURIComponent(tenant.slug)}/job-settings`;
  const query = useQuery({
    queryKey: ["job-settings", tenant.slug],
    queryFn: ({ signal }) => api.get<JobSettings>(path, { signal }),
    refetchOnWindowFocus: false,
  });
  return (
    <Section title="How long jobs are kept">
      {query.data ? (
        <RetentionForm key={query.data.version} tenant={tenant} path={path} settings={query.data} />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Section>
  );
}

type FormProps = { tenant: Tenant; path: string; settings: JobSettings };

function RetentionForm({ tenant, path, settings }: FormProps) {
  const client = useQueryClient();
  const { retentionDays } = settings;
  const refusal = whyNot(tenant.role, "tenant.manage");
  const [goes, setGoes] = useState<CappedCount | null>(null);
  const form = useForm({
    initial: {
      succeeded: String(retentionDays.succeeded),
      dead: String(retentionDays.dead),
      closed: String(retentionDays.closed),
    } satisfies Values as Values,
    schema: () => import("#lib/retention/schema.ts").then((module) => module.editedJobSettingsSchema),
    toInput: (values) => ({ retentionDays: daysOf(values), version: settings.version }),
    fields: KINDS.map(({ name }) => `retentionDays.${name}`),
    send: (input) => api.put<JobSettings>(path, input),
    onSaved: (saved) => {
      client.setQueryData(["job-settings", tenant.slug], saved);
      toast.success("Saved", "What is older than that is deleted within minutes.");
    },
  });
  const submit = async () => {
    const days = daysOf(form.values);
    const shorter = KINDS.some(
      ({ name }) => typeof days[name] === "number" && days[name] < retentionDays[name],
    );
    if (!shorter) return form.submit();
    try {
      const asked = new URLSearchParams(KINDS.map(({ name }) => [name, String(days[name])]));
      const count = await api.get<CappedCount>(`${path}/preview?${asked}`);
      if (count.count === 0) return await form.submit();
      setGoes(count);
    } catch {
      // The form says what is wrong with its values, or the server once more what is wrong with it.
      await form.submit();
    }
  };
  const amount = goes ? `${goes.count.toLocaleString("en")}${goes.capped ? "+" : ""}` : "0";
  const jobs = `${amount} ${goes?.count === 1 && !goes.capped ? "job" : "jobs"}`;
  return (
    <>
      <p className="mb-4 text-muted">
        A job is deleted with its payload, result, attempts and history so many days after its end. A status
        route then answers 404 for its ID. Jobs that wait or run are never deleted, and neither are those that
        somebody holds.
      </p>
      <Form
        aria-label="How long jobs are kept"
        onSubmit={submit}
        error={form.error}
        dirty={form.dirty}
        attempt={form.attempt}
        footer={
          <Button
            type="submit"
            loading={form.busy}
            disabledReason={refusal ?? (form.dirty ? null : "Nothing has been changed.")}
          >
            Save days
          </Button>
        }
      >
        <div className="grid gap-4 sm:grid-cols-3">
          {KINDS.map(({ name, label }) => (
            <Field
              key={name}
              label={label}
              name={`retentionDays.${name}`}
              hint={refusal && name === "succeeded" ? refusal : "Days after the end, 1 to 3650."}
              error={form.errorAt(`retentionDays.${name}`)}
            >
              <Input
                inputMode="numeric"
                value={form.values[name]}
                readOnly={refusal !== null}
                onValueChange={(value) => form.set({ [name]: value })}
              />
            </Field>
          ))}
        </div>
      </Form>
      <ConfirmDialog
        open={goes !== null}
        onClose={() => setGoes(null)}
        title={`Delete ${jobs}?`}
        blastRadius={`${jobs} ended longer ago than that and will be deleted within minutes, with payloads, results and history. That cannot be undone. Hold the ones that are still needed first.`}
        confirmLabel={`Save and delete ${jobs}`}
        tone="danger"
        onConfirm={async () => {
          await form.submit();
        }}
      />
    </>
  );
}
