"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { MultiCombobox } from "#components/ui/combobox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Option } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import { readPayloadQuestion } from "#lib/contract/job-terms.ts";
import type { ApiKey } from "#lib/keys/schema.ts";
import { fromLocal, type JobListFilters, toLocal } from "./list-filters.ts";

type RouteOption = { id: string; method: string; path: string };
type Names = { route?: string | undefined; key?: string | undefined };
type Props = { tenant: string; filters: JobListFilters; names: Names; open: boolean; onClose: () => void };

/** Filters that take more than a choice: route, key, error, a value in the payload, exact times. */
export function FurtherFilters({ open, onClose, ...rest }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title="Filter jobs">
      {open ? <FilterForm {...rest} onClose={onClose} /> : null}
    </Dialog>
  );
}

function FilterForm({ tenant, filters, names, onClose }: Omit<Props, "open">) {
  const url = useUrlState();
  const [values, setValues] = useState({
    route: filters.route ?? "",
    key: filters.key ?? "",
    error: filters.error ?? "",
    fingerprint: filters.fingerprint ?? "",
    payload: filters.payload ?? "",
    from: toLocal(filters.from),
    to: toLocal(filters.to),
  });
  const [attempt, setAttempt] = useState(0);
  const set = (change: Partial<typeof values>) => setValues({ ...values, ...change });
  const question = values.payload.trim() ? readPayloadQuestion(values.payload) : null;
  const payloadError = typeof question === "string" ? question : undefined;
  const [from, to] = [fromLocal(values.from), fromLocal(values.to)];
  const timeError = from && to && from >= to ? "is not after the beginning" : undefined;
  const apply = () => {
    setAttempt(attempt + 1);
    if (payloadError || timeError) return;
    url.set({
      ...values,
      error: values.error.trim(),
      fingerprint: values.fingerprint.trim(),
      payload: values.payload.trim(),
      from,
      to,
      ...(from ? { within: null } : {}),
    });
    onClose();
  };
  return (
    <Form
      aria-label="Filter jobs"
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
            Show jobs
          </Button>
        </>
      }
    >
      <Field
        label="Value in the payload"
        name="payload"
        hint="A path and a value, such as body.orderId=4711. In a list any element counts. Masked values cannot be searched."
        error={attempt > 0 ? payloadError : undefined}
      >
        <Input mono value={values.payload} onValueChange={(payload) => set({ payload })} />
      </Field>
      <Field
        label="Error"
        name="error"
        hint="Words of its name or message. Numbers, IDs and quoted text in it count as any."
      >
        <Input value={values.error} onValueChange={(error) => set({ error })} />
      </Field>
      <Field label="Route" name="route">
        <Found
          value={values.route}
          name={names.route}
          onValueChange={(route) => set({ route })}
          placeholder="Type part of a path"
          find={async (q, signal) => {
            const { data } = await api.page<RouteOption>(`/tenants/${encodeURIComponent(tenant)}/routes`, {
              query: { q, limit: 50 },
              signal,
            });
            return data.map(({ id, method, path }) => ({ value: id, label: `${method} ${path}` }));
          }}
          queryKey={["routes", tenant, "options"]}
        />
      </Field>
      <Field label="API key" name="key">
        <Found
          value={values.key}
          name={names.key}
          onValueChange={(key) => set({ key })}
          placeholder="Type part of a name"
          find={async (q, signal) => {
            const { data } = await api.page<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys`, {
              query: { q, limit: 50 },
              signal,
            });
            return data.map(({ id, name, lastFour }) => ({ value: id, label: name, hint: `…${lastFour}` }));
          }}
          queryKey={["keys", tenant, "job-options"]}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Created from" name="from" hint="In your time zone.">
          <Input type="datetime-local" value={values.from} onValueChange={(next) => set({ from: next })} />
        </Field>
        <Field label="Created before" name="to" error={attempt > 0 ? timeError : undefined}>
          <Input type="datetime-local" value={values.to} onValueChange={(next) => set({ to: next })} />
        </Field>
      </div>
    </Form>
  );
}

type FoundProps = {
  value: string;
  /** Of the value, when it was chosen before the page was opened. */
  name: string | undefined;
  onValueChange: (value: string) => void;
  placeholder: string;
  find: (q: string, signal: AbortSignal) => Promise<Option[]>;
  queryKey: readonly string[];
};

/** One of very many, found by the server as its name is typed. */
function Found({ value, name, onValueChange, placeholder, find, queryKey }: FoundProps) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const { data: found = [], isError } = useQuery({
    queryKey: [...queryKey, q],
    queryFn: ({ signal }) => find(q, signal),
    placeholderData: keepPreviousData,
  });
  const known = found.some((option) => option.value === value);
  return (
    <MultiCombobox
      options={value && !known ? [{ value, label: name ?? value }, ...found] : found}
      value={value ? [value] : []}
      onValueChange={(next) => onValueChange(next.at(-1) ?? "")}
      onSearch={setTyped}
      placeholder={placeholder}
      empty={isError ? "They could not be read. Try again." : "Nothing is called that."}
    />
  );
}
