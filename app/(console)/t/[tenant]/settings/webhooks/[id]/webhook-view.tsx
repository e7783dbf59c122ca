"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Send } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import type { DeliveryState } from "#lib/contract/webhooks.ts";
import { paths } from "#lib/paths.ts";
import { eventWords, whyNotSend } from "#lib/webhooks/rules.ts";
import type { DeliveryView, EndpointView } from "#lib/webhooks/schema.ts";
import { EndpointStatus, EndpointTrouble } from "../endpoint-status.tsx";
import { useEndpointActions } from "../use-endpoint-actions.tsx";
import { endpointActions, endpointName } from "../webhook-columns.tsx";
import { deliveryColumns } from "./delivery-columns.tsx";

const DeliveryPanel = fetchedAhead(() =>
  import("../delivery-panel.tsx").then((module) => module.DeliveryPanel),
);

type Props = {
  tenant: string;
  role: Role;
  functions: readonly string[];
  filters: { state?: DeliveryState | undefined; cursor?: string | undefined };
  initial: { endpoint: EndpointView; deliveries: Page<DeliveryView> };
};

const FILTERS = [
  {
    name: "state",
    label: "State",
    options: [
      { value: "", label: "Any state" },
      { value: "waiting", label: "On its way" },
      { value: "delivered", label: "Delivered" },
      { value: "failed", label: "Given up" },
      { value: "cancelled", label: "Called off" },
    ],
  },
];

/** One endpoint: how it stands, and everything that was sent there in the last 30 days. */
export function WebhookView({ tenant, role, functions, filters, initial }: Props) {
  const client = useQueryClient();
  const router = useRouter();
  const { id } = initial.endpoint;
  const path = `/tenants/${encodeURIComponent(tenant)}/webhooks/${id}`;
  const key = ["webhooks", tenant, id];
  const endpointQuery = useQuery({
    queryKey: [...key, "endpoint"],
    queryFn: ({ signal }) => api.get<EndpointView>(path, { signal }),
    initialData: initial.endpoint,
    refetchInterval: 5_000,
  });
  const deliveries = useQuery({
    queryKey: [...key, "deliveries", filters],
    queryFn: ({ signal }) =>
      api.page<DeliveryView>(`${path}/deliveries`, { query: { ...filters, limit: 25 }, signal }),
    initialData: initial.deliveries,
    refetchInterval: ({ state }) =>
      state.data?.data.some((delivery) => delivery.state === "waiting") ? 1_000 : 5_000,
  });
  const [shown, setShown] = useState<string | null>(null);
  const refusal = whyNot(role, "key.manage");
  const endpoint = endpointQuery.data;
  const { act, dialogs } = useEndpointActions({
    tenant,
    functions,
    onChanged: () => client.invalidateQueries({ queryKey: key }),
    onTested: (delivery) => {
      setShown(delivery.id);
      toast.success("Test sent");
    },
    onDeleted: () => router.push(paths.webhooks(tenant)),
  });
  const columns = useMemo(() => deliveryColumns({ tenant, onOpen: setShown }), [tenant]);
  const rows = deliveries.data.data;
  return (
    <>
      <PageHeader
        up={{ href: paths.webhooks(tenant), label: "Webhooks" }}
        title={endpointName(endpoint)}
        meta={
          <>
            <span role="status">
              <EndpointStatus endpoint={endpoint} />
            </span>
            <CopyId value={endpoint.id} label="webhook ID" />
          </>
        }
        actions={
          <>
            <Menu
              items={endpointActions(endpoint, { refusal, onAct: act }).filter(
                (item) => item?.label !== "Send test",
              )}
              trigger={<IconButton label="More actions" icon={<Ellipsis aria-hidden size={16} />} />}
            />
            <Button
              variant="primary"
              icon={<Send aria-hidden size={14} />}
              disabledReason={refusal ?? whyNotSend(endpoint)}
              onClick={() => act("test", endpoint)}
            >
              Send test
            </Button>
          </>
        }
      />
      <div className="mb-6 space-y-2">
        <ErrorNotice error={endpointQuery.error ?? deliveries.error} />
        {endpoint.problem ||
        endpoint.failingSince ||
        (endpoint.enabled && endpoint.lastDelivery?.error) ||
        ["gone", "failing"].includes(endpoint.disabledReason ?? "") ? (
          <Notice tone="bad">
            <EndpointTrouble endpoint={endpoint} />
          </Notice>
        ) : null}
      </div>
      <Section title="What is sent there">
        <Facts
          items={[
            { name: "Address", value: <code className="break-all font-mono text-xs">{endpoint.url}</code> },
            { name: "Told when", value: endpoint.events.map(eventWords).join(", ") },
            ...(endpoint.kind === "signed"
              ? [
                  {
                    name: "Functions",
                    value:
                      endpoint.functions.length === 0 ? (
                        "Every function"
                      ) : (
                        <span className="font-mono text-xs">{endpoint.functions.join(", ")}</span>
                      ),
                  },
                  {
                    name: "Signature",
                    value: endpoint.overlapUntil ? (
                      <>
                        Two secrets sign; the old one ends <RelativeTime at={endpoint.overlapUntil} />
                      </>
                    ) : (
                      "Standard Webhooks, HMAC-SHA256"
                    ),
                  },
                ]
              : []),
            {
              name: "Added",
              value: (
                <>
                  <RelativeTime at={endpoint.createdAt} /> by {endpoint.createdBy}
                </>
              ),
            },
          ]}
        />
      </Section>
      <Section title="Deliveries">
        <FilterBar filters={FILTERS} />
        {rows.length > 0 ? (
          <DataTable label="Deliveries" rows={rows} columns={columns} rowId={(row) => row.id} />
        ) : (
          <p className="border-y py-3 text-muted">
            {filters.state
              ? "No delivery of the last 30 days is in this state."
              : "Nothing was sent in the last 30 days. Send a test to see what the receiver answers."}
          </p>
        )}
        <Pager nextCursor={deliveries.data.nextCursor} />
      </Section>
      {shown ? <DeliveryPanel tenant={tenant} role={role} id={shown} onClose={() => setShown(null)} /> : null}
      {dialogs}
    </>
  );
}
