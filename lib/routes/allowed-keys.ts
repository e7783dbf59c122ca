import type { TenantActor } from "#lib/access/actor.ts";
import type { Auth } from "#lib/contract/route.ts";
import type { Transaction } from "#lib/db/client.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { unknownKeyIds } from "#lib/keys/queries.ts";

/** Throws `invalid_input` when the auth names keys that are not the tenant's; `path` is where it stands in the input. */
export async function checkAllowedKeys(
  tx: Transaction,
  actor: TenantActor,
  auth: Auth,
  path = "auth",
): Promise<void> {
  if (auth.mode !== "api-key" || !auth.allowedApiKeyIds) return;
  const unknown = await unknownKeyIds(tx, actor.tenant.id, auth.allowedApiKeyIds);
  if (unknown.length === 0) return;
  throw invalid(
    unknown.slice(0, 20).map((id) => ({
      path: `${path}.allowedApiKeyIds`,
      message: `${id} is not a key of this tenant`,
    })),
  );
}
