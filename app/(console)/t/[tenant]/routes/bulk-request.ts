import { api } from "#lib/api/client.ts";
import type { BulkChange, BulkResult } from "#lib/routes/schema.ts";
import type { Chosen } from "./use-selection.ts";

const baseOf = (tenant: string) => `/tenants/${encodeURIComponent(tenant)}`;

/** What a change would do; changes nothing. */
export const previewBulk = (tenant: string, chosen: Chosen, change: BulkChange, signal?: AbortSignal) =>
  api.post<BulkResult>(
    `${baseOf(tenant)}/routes/bulk`,
    { ...chosen, change, dryRun: true },
    signal ? { signal } : {},
  );

/** Makes a change exactly as it was previewed, or fails with a conflict. */
export const runBulk = (tenant: string, chosen: Chosen, change: BulkChange, previewed: BulkResult) =>
  api.post<BulkResult>(`${baseOf(tenant)}/routes/bulk`, {
    ...chosen,
    change,
    draftVersion: previewed.draftVersion,
    count: previewed.changed,
  });

/** Takes a change of many routes back, while nobody has edited the draft since. */
export const undoBulk = (tenant: string, undoId: string) =>
  api.post(`${baseOf(tenant)}/draft/undo`, { undoId });
