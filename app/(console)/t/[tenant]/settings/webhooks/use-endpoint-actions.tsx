"use client";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { DeliveryDetail, EndpointView, EndpointWithSecret } from "#lib/webhooks/schema.ts";
import { type EndpointAction, endpointName } from "./webhook-columns.tsx";

// Only those who may change something, and do, need these.
const WebhookPanel = fetchedAhead(() => import("./webhook-panel.tsx").then((module) => module.WebhookPanel));
const RotateDialog = fetchedAhead(() => import("./rotate-dialog.tsx").then((module) => module.RotateDialog));
const WebhookSecret = fetchedAhead(() =>
  import("./webhook-secret.tsx").then((module) => module.WebhookSecret),
);

type Open = { action: EndpointAction | "add"; endpoint: EndpointView | null };
type Options = {
  tenant: string;
  functions: readonly string[];
  onChanged: () => Promise<unknown>;
  onTested: (delivery: DeliveryDetail) => void;
  onDeleted?: () => void;
};

const waitingText = ({ waiting }: EndpointView) =>
  waiting === 0
    ? "Nothing is on its way there."
    : `${waiting === 1 ? "1 delivery that is" : `${waiting < 1_000 ? waiting : "1,000+"} deliveries that are`} on the way ${waiting === 1 ? "is" : "are"} called off.`;

/** The dialogs behind what can be done with endpoints: `act` opens one, `dialogs` stands somewhere on the page. */
export function useEndpointActions({ tenant, functions, onChanged, onTested, onDeleted }: Options): {
  act: (action: EndpointAction | "add", endpoint: EndpointView | null) => void;
  dialogs: ReactNode;
} {
  const path = `/tenants/${encodeURIComponent(tenant)}/webhooks`;
  const [open, setOpen] = useState<Open | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => setOpen(null);
  const endpoint = open?.endpoint ?? null;

  const attempt = async (work: () => Promise<unknown>, title: string) => {
    try {
      await work();
      await onChanged();
    } catch (error) {
      toast.error(error, title);
    }
  };
  const act = (action: EndpointAction | "add", chosen: EndpointView | null) => {
    if (action === "test" && chosen) {
      void attempt(
        async () => onTested(await api.post<DeliveryDetail>(`${path}/${chosen.id}/test`)),
        "No test was sent",
      );
    } else if (action === "enable" && chosen) {
      void attempt(async () => {
        await api.patch(`${path}/${chosen.id}`, { enabled: true, version: chosen.version });
        toast.success(`${endpointName(chosen)} is told again`);
      }, "Not enabled");
    } else setOpen({ action, endpoint: chosen });
  };
  const saved = async (made: EndpointWithSecret | EndpointView) => {
    close();
    if ("secret" in made) setSecret(made.secret);
    else toast.success("Webhook saved");
    await onChanged();
  };

  const ending = open?.action === "disable" || open?.action === "delete" ? open.action : null;
  const dialogs = (
    <>
      {open?.action === "add" || open?.action === "edit" ? (
        <WebhookPanel
          tenant={tenant}
          endpoint={open.action === "edit" ? endpoint : null}
          functions={functions}
          onClose={close}
          onSaved={saved}
        />
      ) : null}
      {open?.action === "rotate" && endpoint ? (
        <RotateDialog tenant={tenant} endpoint={endpoint} onClose={close} onRotated={saved} />
      ) : null}
      {secret === null ? null : <WebhookSecret secret={secret} onDone={() => setSecret(null)} />}
      <ConfirmDialog
        open={ending !== null}
        onClose={close}
        title={`${ending === "delete" ? "Delete" : "Disable"} ${endpoint ? endpointName(endpoint) : "webhook"}?`}
        blastRadius={
          endpoint && ending ? (
            <p>
              {waitingText(endpoint)} What happens from now on is not told there
              {ending === "delete"
                ? ", and its secret is erased. Its log stays on the jobs."
                : ", also not later: what was missed can be sent again one by one."}
            </p>
          ) : null
        }
        confirmLabel={ending === "delete" ? "Delete webhook" : "Disable webhook"}
        onConfirm={async () => {
          if (!endpoint) return;
          const { id, version } = endpoint;
          if (ending === "delete") {
            await api.delete(`${path}/${id}`, { ifMatch: version });
            onDeleted?.();
          } else await api.patch(`${path}/${id}`, { enabled: false, version });
          toast.success(`${endpointName(endpoint)} ${ending === "delete" ? "deleted" : "disabled"}`);
          if (ending !== "delete" || !onDeleted) await onChanged();
        }}
      />
    </>
  );
  return { act, dialogs };
}
