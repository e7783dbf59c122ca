import type { TenantActor } from "#lib/access/actor.ts";
import { defineCommand } from "#lib/command/define.ts";
import { type RouteFields, routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Prisma, Transaction } from "#lib/db/client.ts";
import { notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { checkAllowedKeys } from "./allowed-keys.ts";
import { toDraftRoute } from "./queries.ts";
import { sameDocument } from "./rules.ts";

export { bulkEdit } from "./bulk-command.ts";

/** Counts one change of the draft; its row is also what makes two editors of one tenant take turns. */
async function touchDraft(tx: Transaction, actor: TenantActor): Promise<void> {
  await tx.draft.update({
    where: { tenantId: actor.tenant.id },
    data: { version: { increment: 1 }, updatedAt: new Date(), updatedBy: actor.userId },
  });
}

const columnsOf = (fields: RouteFields) => ({
  method: fields.method,
  path: fields.path,
  enabled: fields.enabled,
  document: fields as unknown as Prisma.InputJsonObject,
});

/** Adds a route to the draft. Nothing is live before it is published. */
export const createRoute = defineCommand("draft.edit", async ({ tx, actor, audit }, fields: RouteFields) => {
  await checkAllowedKeys(tx, actor, fields.auth);
  await touchDraft(tx, actor);
  const row = await tx.draftRoute.create({
    data: { id: uuidv7(), tenantId: actor.tenant.id, ...columnsOf(fields), updatedBy: actor.userId },
  });
  await audit({
    action: "route.create",
    targetType: "route",
    targetId: row.id,
    after: columnsOf(fields).document,
  });
  return toDraftRoute(row);
});

type SaveInput = { id: string; version: number; fields: RouteFields };

/**
 * Replaces a route of the draft with the whole document given. Saving what was not changed changes nothing.
 * Throws `not_found`, or `conflict` when `version` is not the current one.
 */
export const saveRoute = defineCommand("draft.edit", async ({ tx, actor, audit }, input: SaveInput) => {
  const where = { id: input.id, tenantId: actor.tenant.id };
  const current = await tx.draftRoute.findFirst({ where });
  if (!current) throw notFound("route");
  if (current.version !== input.version) throw staleVersion(current.version);
  const before = routeFieldsSchema.parse(current.document);
  if (sameDocument(before, input.fields)) return toDraftRoute(current);
  await checkAllowedKeys(tx, actor, input.fields.auth);
  const { count } = await tx.draftRoute.updateMany({
    where: { ...where, version: input.version },
    data: {
      ...columnsOf(input.fields),
      version: { increment: 1 },
      updatedAt: new Date(),
      updatedBy: actor.userId,
    },
  });
  if (count === 0) throw staleVersion(input.version + 1);
  await touchDraft(tx, actor);
  await audit({
    action: "route.update",
    targetType: "route",
    targetId: input.id,
    before: current.document as Prisma.InputJsonValue,
    after: columnsOf(input.fields).document,
  });
  const saved = await tx.draftRoute.findFirst({ where });
  if (!saved) throw notFound("route");
  return toDraftRoute(saved);
});

/** Takes a route out of the draft. What is live stays live until the next publish. Throws `not_found`. */
export const deleteRoute = defineCommand(
  "draft.edit",
  async ({ tx, actor, audit }, input: { id: string }) => {
    const where = { id: input.id, tenantId: actor.tenant.id };
    const current = await tx.draftRoute.findFirst({ where });
    const { count } = await tx.draftRoute.deleteMany({ where });
    if (!current || count === 0) throw notFound("route");
    await touchDraft(tx, actor);
    await audit({
      action: "route.delete",
      targetType: "route",
      targetId: input.id,
      before: current.document as Prisma.InputJsonValue,
    });
  },
);
