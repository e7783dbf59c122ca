"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import type { AuditFilters } from "#lib/audit-log/schema.ts";
import { fromLocal, toLocal } from "../jobs/list-filters.ts";

/** Filters that take more than a choice: exact IDs, exact times. */
export function FurtherFilters({ filters, onClose }: { filters: AuditFilters; onClose: () => void }) {
  const url = useUrlState();
  const [values, setValues] = useState({
    target: filters.target ?? "",
    request: filters.request ?? "",
    from: toLocal(filters.from),
    to: toLocal(filters.to),
    support: filters.support === "1",
  });
  const [attempt, setAttempt] = useState(0);
  const set = (change: Partial<typeof values>) => setValues({ ...values, ...change });
  const [from, to] = [fromLocal(values.from), fromLocal(values.to)];
  const timeError = from && to && from >= to ? "is not after the beginning" : undefined;
  const apply = () => {
    setAttempt(attempt + 1);
    if (timeError) return;
    url.set({
      target: values.target.trim(),
      request: values.request.trim(),
      from,
      to,
      support: values.support ? "1" : null,
    });
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title="Filter the audit log">
      <Form
        aria-label="Filter the audit log"
        inDialog
        className="space-y-4"
        onSubmit={apply}
        error={null}
        dirty={false}
        attempt={attempt}
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary">
              Show entries
            </Button>
          </>
        }
      >
        <Field label="Since" name="from">
          <Input type="datetime-local" value={values.from} onValueChange={(text) => set({ from: text })} />
        </Field>
        <Field label="Before" name="to" error={attempt > 0 ? timeError : undefined}>
          <Input type="datetime-local" value={values.to} onValueChange={(text) => set({ to: text })} />
        </Field>
        <Field
          label="Target ID"
          name="target"
          hint="The whole ID of a route, key, job, member … or a revision's number."
        >
          <Input mono value={values.target} onValueChange={(target) => set({ target })} />
        </Field>
        <Field label="Request ID" name="request">
          <Input mono value={values.request} onValueChange={(request) => set({ request })} />
        </Field>
        <Checkbox
          checked={values.support}
          onCheckedChange={(support) => set({ support })}
          label="Only what operators did as support"
        />
      </Form>
    </Dialog>
  );
}
