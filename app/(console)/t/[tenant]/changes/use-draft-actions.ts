"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { DraftChanged } from "#lib/publishing/schema.ts";

/** Everything that shows the draft, what is live, or how they differ. */
const TOUCHED = ["changes", "revisions", "gateways", "routes", "overview", "lint"];

/** Asks again for everything that a change of the draft or of what is live can have touched. */
export function useRefreshDraft(tenant: string): () => Promise<void> {
  const client = useQueryClient();
  const router = useRouter();
  return async () => {
    router.refresh();
    await Promise.all(TOUCHED.map((name) => client.invalidateQueries({ queryKey: [name, tenant] })));
  };
}

type Reset = { draftVersion: number; revision: number | null; routeIds: readonly string[] | null };

/** Changes of many routes of the draft at once, each of which offers its undoing. */
export function useDraftActions(tenant: string) {
  const refresh = useRefreshDraft(tenant);
  const base = `/tenants/${encodeURIComponent(tenant)}/draft`;

  /** Says that it worked and offers the way back, where there is one. */
  async function done(title: string, { undoId }: DraftChanged): Promise<void> {
    if (undoId === null) toast.success(title);
    else
      toast.undo(title, async () => {
        await api.post(`${base}/undo`, { undoId });
        await refresh();
      });
    await refresh();
  }

  return {
    done,
    /** Takes back a change of many routes. The answer offers to make it again. */
    async undo(title: string, undoId: string): Promise<void> {
      await done(title, await api.post<DraftChanged>(`${base}/undo`, { undoId }));
    },
    /** Makes the draft, or some of its routes, what a revision says. */
    async reset(title: string, input: Reset): Promise<void> {
      await done(title, await api.post<DraftChanged>(`${base}/reset`, input));
    },
  };
}
