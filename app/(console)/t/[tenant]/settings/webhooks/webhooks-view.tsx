"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMemo, useRef } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { DataTable } from "#components/table/data-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { MAX_ENDPOINTS } from "#lib/webhooks/rules.ts";
import type { EndpointView } from "#lib/webhooks/schema.ts";
import { useEndpointActions } from "./use-endpoint-actions.tsx";
import { webhookColumns } from "./webhook-columns.tsx";

type Props = { tenant: string; role: Role; functions: readonly string[]; initial: EndpointView[] };

const EXAMPLE = `POST /webhooks/gatehouse
webhook-id: evt_0199c0de00007000800000000000000a_5
webhook-timestamp: 1795266000
webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=

{"type":"job.dead","timestamp":"2026-11-21T13:00:00.000Z","data":{"jobId":"…","function":"export-dataset",
 "status":"dead","attempts":5,"requestId":"…","error":{"name":"TypeError","message":"…"}}}`;

/** Where this tenant is told what becomes of its jobs, and of alerts. */
export function WebhooksView({ tenant, role, functions, initial }: Props) {
  const client = useQueryClient();
  const router = useRouter();
  const path = `/tenants/${encodeURIComponent(tenant)}/webhooks`;
  const query = useQuery({
    queryKey: ["webhooks", tenant],
    queryFn: async ({ signal }) =>
      (await api.page<EndpointView>(path, { query: { limit: 100 }, signal })).data,
    initialData: initial,
    refetchInterval: ({ state }) => (state.data?.some(({ waiting }) => waiting > 0) ? 2_000 : 15_000),
  });
  const refusal = whyNot(role, "key.manage");
  const { act, dialogs } = useEndpointActions({
    tenant,
    functions,
    onChanged: () => client.invalidateQueries({ queryKey: ["webhooks", tenant] }),
    onTested: ({ endpoint }) => {
      toast.success("Test sent", "What the receiver answers is shown in its deliveries.");
      router.push(paths.webhook(tenant, endpoint.id));
    },
  });
  const latest = useRef(act);
  latest.current = act;
  const columns = useMemo(
    () => webhookColumns({ tenant, refusal, onAct: (action, endpoint) => latest.current(action, endpoint) }),
    [tenant, refusal],
  );
  const endpoints = query.data;
  const full =
    endpoints.length >= MAX_ENDPOINTS ? `A tenant can have ${MAX_ENDPOINTS} webhooks at most.` : null;
  const add = (
    <Button
      variant="primary"
      icon={<Plus aria-hidden size={14} />}
      disabledReason={refusal ?? full}
      onClick={() => act("add", null)}
    >
      Add webhook
    </Button>
  );
  return (
    <>
      <PageHeader
        up={{ href: paths.settings(tenant), label: "Settings" }}
        title="Webhooks"
        description="Who is told when a job succeeds or dies, and of alerts. What is sent names the job and its error; payload and result are never in it."
        actions={endpoints.length > 0 ? add : null}
      />
      <ErrorNotice error={query.error} />
      {endpoints.length > 0 ? (
        <DataTable
          label="Webhooks"
          rows={endpoints}
          columns={columns}
          rowId={({ id }) => id}
          rowHref={({ id }) => paths.webhook(tenant, id)}
          linkColumn="endpoint"
        />
      ) : (
        <EmptyState
          title="Nobody is told yet"
          body="A webhook is an address of yours that gets a signed message for every job that succeeds or dies, so that nothing has to ask for its status. It is tried for three days until it is answered with 2xx."
          action={add}
        >
          <CodeBlock code={EXAMPLE} language="text" label="What a receiver gets" />
        </EmptyState>
      )}
      {dialogs}
    </>
  );
}
