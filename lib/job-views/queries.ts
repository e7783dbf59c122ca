import { defineQuery } from "#lib/command/define.ts";
import type { JobView } from "./schema.ts";

type Row = {
  id: string;
  name: string;
  shared: boolean;
  ownerId: string;
  ownerLabel: string;
  filters: unknown;
};

/** A view as `userId` sees it. */
export const toView = (row: Row, userId: string | null): JobView => ({
  id: row.id,
  name: row.name,
  shared: row.shared,
  own: row.ownerId === userId,
  owner: row.ownerLabel,
  filters: row.filters as JobView["filters"],
});

/** The reader's own views of the list of jobs, and those that others share, by name. */
export const listViews = defineQuery("tenant.read", async ({ tx, actor }): Promise<JobView[]> => {
  const rows = await tx.jobView.findMany({
    where: { tenantId: actor.tenant.id },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: 500,
  });
  return rows.map((row) => toView(row, actor.userId));
});
