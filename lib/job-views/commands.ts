import { actorLabel } from "#lib/access/actor.ts";
import { assertPerson } from "#lib/access/authorize.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Prisma } from "#lib/db/client.ts";
import { conflict, DomainError, notFound } from "#lib/errors/domain-error.ts";
import { toView } from "./queries.ts";
import { whyNotChange, whyNotShare } from "./rules.ts";
import { type JobView, MAX_VIEWS, type NewView, type ViewChange } from "./schema.ts";

const forbidden = (why: string) => new DomainError("forbidden", why);

/** Refuses a name that the same people see already, and one view too many. */
async function makeRoom(
  { tx, actor }: CommandContext,
  { name, shared }: { name: string; shared: boolean },
  except?: string,
): Promise<void> {
  assertPerson(actor);
  // Of two who save at once, the second sees what the first has saved.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('job_views ' || ${actor.tenant.id}, 0))`;
  const where = {
    tenantId: actor.tenant.id,
    ...(shared ? { shared } : { shared, ownerId: actor.userId }),
    ...(except ? { id: { not: except } } : {}),
  };
  const same = await tx.jobView.count({ where: { ...where, name: { equals: name, mode: "insensitive" } } });
  if (same > 0) {
    throw conflict(
      shared ? `There is a shared view “${name}” already.` : `You have a view “${name}” already.`,
    );
  }
  if ((await tx.jobView.count({ where })) >= MAX_VIEWS) {
    throw conflict(`There are ${MAX_VIEWS} views already; delete one first.`);
  }
}

async function record(context: CommandContext, action: string, view: { id: string; name: string }) {
  await context.audit({
    action: `job-view.${action}`,
    targetType: "job-view",
    targetId: view.id,
    after: { name: view.name },
  });
}

/** Keeps the filters of a list of jobs under a name. Throws `conflict` for a name that is taken. */
export const createView = defineCommand("view.save", async (context, input: NewView): Promise<JobView> => {
  const { tx, actor } = context;
  assertPerson(actor);
  const refusal = input.shared ? whyNotShare(actor.tenant.role) : null;
  if (refusal) throw forbidden(refusal);
  await makeRoom(context, input);
  const row = {
    id: uuidv7(),
    tenantId: actor.tenant.id,
    ownerId: actor.userId,
    ownerLabel: actorLabel(actor),
    shared: input.shared,
    name: input.name,
    filters: input.filters as Prisma.InputJsonValue,
  };
  await tx.jobView.createMany({ data: [row] });
  await record(context, row.shared ? "share" : "create", row);
  return toView(row, actor.userId);
});

/** The view, if this person may change it. */
async function changeable({ tx, actor }: CommandContext, id: string): Promise<JobView> {
  const row = await tx.jobView.findFirst({ where: { id, tenantId: actor.tenant.id } });
  if (!row) throw notFound("view");
  const view = toView(row, actor.userId);
  const refusal = whyNotChange(view, actor.tenant.role);
  if (refusal) throw forbidden(refusal);
  return view;
}

/** Renames a view, or changes what it shows or who sees it. Throws `not_found`, `forbidden` or `conflict`. */
export const changeView = defineCommand(
  "view.save",
  async (context, { id, ...change }: ViewChange & { id: string }): Promise<JobView> => {
    const { tx, actor } = context;
    const before = await changeable(context, id);
    const after = {
      ...before,
      name: change.name ?? before.name,
      shared: change.shared ?? before.shared,
      filters: change.filters ?? before.filters,
    };
    if (after.shared && !before.shared) {
      const refusal = whyNotShare(actor.tenant.role);
      if (refusal) throw forbidden(refusal);
    }
    if (!after.shared && !before.own) throw forbidden("Only who made this view can keep it to themselves.");
    if (after.name.toLowerCase() !== before.name.toLowerCase() || after.shared !== before.shared) {
      await makeRoom(context, after, id);
    }
    await tx.jobView.updateMany({
      where: { id, tenantId: actor.tenant.id },
      data: { name: after.name, shared: after.shared, filters: after.filters as Prisma.InputJsonValue },
    });
    await record(context, "change", after);
    return after;
  },
);

/** Deletes a view. Throws `not_found` or `forbidden`. */
export const deleteView = defineCommand(
  "view.save",
  async (context, { id }: { id: string }): Promise<void> => {
    const { tx, actor } = context;
    const view = await changeable(context, id);
    await tx.jobView.deleteMany({ where: { id, tenantId: actor.tenant.id } });
    await record(context, "delete", view);
  },
);
