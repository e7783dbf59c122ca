import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";

/** Saves a revision as one file, as the API exports it. Throws ApiError. */
export async function downloadRevision(tenant: string, number: number): Promise<void> {
  const path = `/tenants/${encodeURIComponent(tenant)}/revisions/${number}/export`;
  const text = JSON.stringify(await api.whole<unknown>(path));
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  save(url, `${tenant}-r${number}.json`);
  URL.revokeObjectURL(url);
}

/** Saves a revision as an OpenAPI 3.1 document, for everybody else's tools. */
export function downloadOpenApi(tenant: string, number: number): void {
  save(paths.revisionOpenApi(tenant, number, "yaml"), `${tenant}-r${number}.openapi.yaml`);
}

function save(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
