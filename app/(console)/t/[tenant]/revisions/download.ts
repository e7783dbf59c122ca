import { api } from "#lib/api/client.ts";

/** Saves a revision as one file, as the API exports it. Throws ApiError. */
export async function downloadRevision(tenant: string, number: number): Promise<void> {
  const path = `/tenants/${encodeURIComponent(tenant)}/revisions/${number}/export`;
  const text = JSON.stringify(await api.whole<unknown>(path));
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${tenant}-r${number}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
