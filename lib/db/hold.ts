import { notFound } from "../errors/domain-error.ts";
import type { Transaction } from "./client.ts";

/**
 * Holds the tenant until the transaction ends: it cannot be deleted meanwhile, and what comes after its deletion finds
 * no tenant. Others may hold it as well; every row that refers to the tenant takes the same lock when it is inserted.
 */
export async function holdTenant(tx: Transaction, tenantId: string): Promise<void> {
  const [there] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM tenants WHERE id = ${tenantId}::uuid AND deleted_at IS NULL FOR KEY SHARE`;
  if (!there) throw notFound("tenant");
}
