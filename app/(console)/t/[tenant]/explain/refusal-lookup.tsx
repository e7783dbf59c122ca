"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { type FormEvent, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import type { Refusals } from "#lib/explain/schema.ts";
import { paths } from "#lib/paths.ts";

const RefusalList = dynamic(() => import("./refusal-list.tsx").then((module) => module.RefusalList), {
  loading: () => <Skeleton className="h-64" />,
});

/** A refusal is written down within a second: one that just happened is asked for once or twice more. */
const ASK_AGAIN_MS = 1_000;
const ASK_AGAIN = 3;
const REQUEST_ID = /^[A-Za-z0-9._~-]{1,128}$/;

/** Finds what a gateway refused by the request ID that the caller was given. */
export function RefusalLookup({ tenant, asked }: { tenant: string; asked: string }) {
  const [typed, setTyped] = useState(asked);
  const [wanted, setWanted] = useState(asked.trim());
  const valid = REQUEST_ID.test(wanted);
  const found = useQuery({
    queryKey: ["refusals", tenant, wanted],
    queryFn: ({ signal }) =>
      api.get<Refusals>(`/tenants/${encodeURIComponent(tenant)}/refusals/${encodeURIComponent(wanted)}`, {
        signal,
      }),
    enabled: valid,
    refetchInterval: ({ state }) =>
      state.data?.refusals.length === 0 && state.dataUpdateCount < ASK_AGAIN ? ASK_AGAIN_MS : false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = typed.trim();
    setWanted(id);
    window.history.replaceState(null, "", paths.explain(tenant, { request: id }));
    if (id === wanted) void found.refetch();
  };
  const wrong = wanted !== "" && !valid;
  return (
    <>
      <form noValidate onSubmit={submit} className="mb-6 max-w-2xl" aria-label="Find a refusal">
        <Field
          label="Request ID"
          hint="In the header X-Request-Id of every answer, and in the error's requestId. Refusals are kept for 24 hours."
          error={wrong ? "This is not a request ID: letters, digits, . _ ~ and - only." : null}
        >
          <Input
            mono
            value={typed}
            onValueChange={setTyped}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
          />
        </Field>
        <Button
          type="submit"
          variant="primary"
          className="mt-3"
          loading={valid && found.isFetching && !found.data}
          disabledReason={typed.trim() === "" ? "Paste a request ID first." : null}
        >
          Find refusal
        </Button>
      </form>
      <div aria-live="polite">
        {valid && found.error ? <ErrorState error={found.error} onRetry={found.refetch} /> : null}
        {valid && found.data ? <RefusalList tenant={tenant} requestId={wanted} found={found.data} /> : null}
      </div>
    </>
  );
}
