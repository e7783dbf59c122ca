"use client";
import { useCallback } from "react";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { DraftRoute, ListedRoute } from "#lib/routes/schema.ts";
import { previewBulk, runBulk, undoBulk } from "./bulk-request.ts";
import { curlFor, publicUrl } from "./route-sample.ts";

type Context = {
  tenant: string;
  gatewayUrl: string;
  refresh: () => Promise<unknown>;
  replace: (route: ListedRoute) => void;
};

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast.success(`${what} copied`);
  } catch {
    toast.success(`${what}: the browser refused to copy`, text);
  }
}

/** What can be done to one route from its row; what changes something can be taken back. */
export function useRowActions({ tenant, gatewayUrl, refresh, replace }: Context) {
  const base = `/tenants/${encodeURIComponent(tenant)}/routes`;

  const onToggle = useCallback(
    async (route: ListedRoute) => {
      const set = async (from: DraftRoute, enabled: boolean) => {
        const saved = await api.put<DraftRoute>(`${base}/${route.id}`, { ...from, enabled });
        replace({ ...saved, published: route.published === "new" ? "new" : "changed" });
        void refresh();
        return saved;
      };
      try {
        const saved = await set(route, !route.enabled);
        toast.undo(
          `${saved.enabled ? "Enabled" : "Disabled"} ${route.method} ${route.path} in the draft`,
          () => set(saved, route.enabled),
        );
      } catch (reason) {
        toast.error(reason);
        await refresh();
      }
    },
    [base, refresh, replace],
  );

  const onDelete = useCallback(
    async (route: ListedRoute) => {
      const chosen = { ids: [route.id] };
      try {
        const previewed = await previewBulk(tenant, chosen, { delete: true });
        const { undoId } = await runBulk(tenant, chosen, { delete: true }, previewed);
        await refresh();
        const done = `Deleted ${route.method} ${route.path} from the draft`;
        if (!undoId) return;
        toast.undo(done, async () => {
          await undoBulk(tenant, undoId);
          await refresh();
        });
      } catch (reason) {
        toast.error(reason);
        await refresh();
      }
    },
    [tenant, refresh],
  );

  const onCopyUrl = useCallback(
    (route: ListedRoute) => void copy(publicUrl(gatewayUrl, tenant, route.path), "URL"),
    [gatewayUrl, tenant],
  );
  const onCopyCurl = useCallback(
    ({ method, path, auth }: ListedRoute) =>
      void copy(curlFor(gatewayUrl, tenant, { method, path, authMode: auth.mode }), "curl line"),
    [gatewayUrl, tenant],
  );
  return { onToggle, onDelete, onCopyUrl, onCopyCurl };
}
