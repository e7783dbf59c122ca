"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { ListInput } from "#components/form/list-input.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import type { MaskRules } from "#lib/jobs/schema.ts";
import type { Tenant } from "#lib/tenants/schema.ts";

/** Which values of jobs people see only when they say why, beside those with telling names. */
export function MaskRulesSettings({ tenant }: { tenant: Tenant }) {
  const path = `/tenants/${encodeURIComponent(tenant.slug)}/job-mask-rules`;
  const query = useQuery({
    queryKey: ["job-mask-rules", tenant.slug],
    queryFn: ({ signal }) => api.get<MaskRules>(path, { signal }),
    refetchOnWindowFocus: false,
  });
  return (
    <Section title="What is masked in jobs">
      {query.data ? (
        <RulesForm key={query.data.rules.join("\n")} tenant={tenant} path={path} rules={query.data.rules} />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton className="h-40 w-full" />
      )}
    </Section>
  );
}

type FormProps = { tenant: Tenant; path: string; rules: string[] };

function RulesForm({ tenant, path, rules }: FormProps) {
  const client = useQueryClient();
  const refusal = whyNot(tenant.role, "tenant.manage");
  const form = useForm({
    initial: { rules },
    schema: () => import("#lib/jobs/schema.ts").then((module) => module.maskRulesSchema),
    fields: ["rules"],
    send: (input) => api.put<MaskRules>(path, input),
    onSaved: (saved) => {
      client.setQueryData(["job-mask-rules", tenant.slug], saved);
      toast.success("Saved", "It counts from now on, for jobs that are there already too.");
    },
  });
  const invalid = form.values.rules.flatMap((_, index) => (form.errorAt(`rules.${index}`) ? [index] : []));
  const first = invalid[0];
  return (
    <>
      <p className="mb-4 text-muted">
        Passwords, tokens, card numbers and the like are masked by their names everywhere. Name further places
        here. Who may reveal payloads sees them after saying why; searching jobs by them is refused to
        everybody.
      </p>
      <Form
        aria-label="What is masked in jobs"
        onSubmit={form.submit}
        error={form.error}
        dirty={form.dirty}
        attempt={form.attempt}
        footer={
          <Button
            type="submit"
            variant="primary"
            loading={form.busy}
            disabledReason={refusal ?? (form.dirty ? null : "Nothing has been changed.")}
          >
            Save masked paths
          </Button>
        }
      >
        <Field
          label="Masked paths"
          name="rules"
          error={
            form.errorAt("rules") ??
            (first === undefined
              ? undefined
              : `${form.values.rules[first]} ${form.errorAt(`rules.${first}`)}`)
          }
          hint={
            refusal ??
            "Such as body.card.* or input.customer.email; ** stands for any number of names (**.iban). Also fits results, unless it begins with input or result."
          }
        >
          <ListInput
            separator="lines"
            value={form.values.rules}
            onValueChange={(next) => form.set({ rules: next })}
            invalid={invalid}
            placeholder="body.card.*"
          />
        </Field>
      </Form>
    </>
  );
}
