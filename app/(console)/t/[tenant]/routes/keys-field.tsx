"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { MultiCombobox } from "#components/ui/combobox.tsx";
import type { Option } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKey } from "#lib/keys/schema.ts";
import { useKeyNames } from "../keys/use-key-names.ts";
import type { PartProps } from "./part-props.ts";

const OFFERED = 50;

/** What a key can be used for at present, beside its last four characters. */
const hintOf = (key: ApiKey) =>
  key.status === "active" ? `…${key.lastFour}` : `${key.status} …${key.lastFour}`;

/** The keys that may call, found by the server as their name is typed; those that no longer work say so. */
export function KeysField({ tenant, values, set, errorAt }: PartProps) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const { keyIds } = values;
  const { data: found, isError } = useQuery({
    queryKey: ["keys", tenant, "to-allow", q],
    queryFn: ({ signal }) =>
      api.page<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys`, {
        query: { q, limit: OFFERED },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  const names = useKeyNames(tenant, keyIds);
  const options = useMemo(() => {
    const byId = new Map<string, Option>();
    for (const [id, label] of Object.entries(names)) byId.set(id, { value: id, label });
    for (const key of found?.data ?? []) {
      if (!byId.has(key.id)) byId.set(key.id, { value: key.id, label: key.name, hint: hintOf(key) });
    }
    return [...byId.values()];
  }, [found, names]);
  const ended = keyIds.filter((id) => /\((revoked|expired)\)$/.test(names[id] ?? ""));
  return (
    <Field
      label="Allowed keys"
      name="auth.allowedApiKeyIds"
      error={errorAt("auth.allowedApiKeyIds")}
      aside={keyIds.length ? `${keyIds.length.toLocaleString("en")} chosen` : undefined}
      hint={
        keyIds.length === 0 ? (
          <span className="text-warn">With no key chosen, nobody can call this route.</span>
        ) : ended.length ? (
          <span className="text-warn">
            {ended.length === 1
              ? "One of them no longer works: its callers get 401."
              : `${ended.length} of them no longer work: their callers get 401.`}
          </span>
        ) : found?.nextCursor ? (
          "There are more keys than the list shows: type part of a name."
        ) : undefined
      }
    >
      <MultiCombobox
        options={options}
        value={keyIds}
        onValueChange={(next) => set({ keyIds: next })}
        onSearch={setTyped}
        placeholder="Type a key's name"
        empty={isError ? "The keys could not be read. Try again." : "No key has this name."}
      />
    </Field>
  );
}
