import type { TenantActor } from "#lib/access/actor.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { withTenant } from "#lib/db/scope.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import type { ControlPlane } from "./control-plane.ts";

/** What the management API answered. */
export type Answer<T> = {
  status: number;
  data: T;
  error: { code: string; message: string; details?: { path: string; message: string }[] };
};
/** A new tenant as its owner reaches it through the management API; paths are below the tenant. */
export type Client = {
  actor: TenantActor;
  post<T>(path: string, body: unknown): Promise<Answer<T>>;
  get(path: string): Promise<{ status: number; text: string; type: string | null }>;
  draftVersion(): Promise<number>;
};

/** Makes a tenant and a way to call the API for it. */
export async function tenantApi(plane: ControlPlane, slug: string): Promise<Client> {
  const { actor } = await plane.tenant(slug);
  const { token } = await mintToken(actor, { name: "t", expiresInDays: 1, tenantId: actor.tenant.id });
  const send = (path: string, init: RequestInit) =>
    dispatch(
      new Request(`http://127.0.0.1:3000/api/v1/tenants/${slug}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      }),
    );
  return {
    actor,
    async post(path, body) {
      const response = await send(path, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, ...(await response.json()) };
    },
    async get(path) {
      const response = await send(path, {});
      return {
        status: response.status,
        text: await response.text(),
        type: response.headers.get("content-type"),
      };
    },
    async draftVersion() {
      const draft = await withTenant(actor, (tx) =>
        tx.draft.findFirst({ where: { tenantId: actor.tenant.id } }),
      );
      return Number(draft?.version);
    },
  };
}
