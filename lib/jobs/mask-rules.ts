import { defineCommand, defineQuery } from "#lib/command/define.ts";
import { type Masker, maskerOf, searchPatternOfRule } from "#lib/contract/masking.ts";
import type { Transaction } from "#lib/db/client.ts";
import type { MaskRules } from "./schema.ts";

async function readRules(tx: Transaction, tenantId: string): Promise<string[]> {
  const rows = await tx.jobMaskRule.findMany({
    where: { tenantId },
    orderBy: { path: "asc" },
    select: { path: true },
  });
  return rows.map(({ path }) => path);
}

/** What masks the tenant's jobs, inside another query's transaction. */
export const readMasker = async (tx: Transaction, tenantId: string): Promise<Masker> =>
  maskerOf(await readRules(tx, tenantId));

/** The paths that the tenant masks beside what has a telling name. */
export const getMaskRules = defineQuery(
  "tenant.read",
  async ({ tx, actor }): Promise<MaskRules> => ({ rules: await readRules(tx, actor.tenant.id) }),
);

/** Replaces the tenant's rules. They act at once, on what is shown and on what can be searched for. */
export const setMaskRules = defineCommand(
  "tenant.manage",
  async ({ tx, actor, audit }, { rules }: MaskRules): Promise<MaskRules> => {
    const tenantId = actor.tenant.id;
    // Two who change them at once do it one after the other.
    await tx.$queryRaw`SELECT 1 AS held FROM tenants WHERE id = ${tenantId}::uuid FOR UPDATE`;
    const before = await readRules(tx, tenantId);
    const wanted = [...new Set(rules)].sort();
    if (JSON.stringify(before) === JSON.stringify(wanted)) return { rules: wanted };
    await tx.jobMaskRule.deleteMany({ where: { tenantId, path: { notIn: wanted } } });
    await tx.jobMaskRule.createMany({
      data: wanted
        .filter((path) => !before.includes(path))
        .map((path) => ({ tenantId, path, pattern: searchPatternOfRule(path) })),
    });
    await audit({
      action: "job.mask-rules",
      targetType: "tenant",
      targetId: tenantId,
      before: { rules: before },
      after: { rules: wanted },
    });
    return { rules: wanted };
  },
);
