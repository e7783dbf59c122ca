"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { MultiCombobox } from "#components/ui/combobox.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKey } from "#lib/keys/schema.ts";

type Props = {
  tenant: string;
  value: readonly string[];
  onValueChange: (ids: string[]) => void;
  error: string | null;
};

/** Keys by name: the newest hundred, and whatever is found by typing. */
export function KeysField({ tenant, value, onValueChange, error }: Props) {
  const [q, setQ] = useState("");
  const { data } = useQuery({
    queryKey: ["keys", tenant, "names", q],
    queryFn: ({ signal }) =>
      api.page<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys`, {
        query: { q: q || undefined, limit: 100 },
        signal,
      }),
    placeholderData: (before) => before,
  });
  const options = (data?.data ?? []).map((key) => ({
    value: key.id,
    label: key.name,
    hint: `${key.prefix}…${key.lastFour}`,
  }));
  return (
    <Field label="Which keys" error={error} hint="None at all: nobody may call until a key is allowed.">
      <MultiCombobox
        options={options}
        value={value}
        onValueChange={onValueChange}
        onSearch={setQ}
        placeholder="Find a key by name"
        empty="No key with this name"
      />
    </Field>
  );
}
