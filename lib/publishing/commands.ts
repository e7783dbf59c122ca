import { createHash } from "node:crypto";
import { actorLabel } from "#lib/access/actor.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { findProblems } from "#lib/contract/publish-checks.ts";
import { parseRevision, serializeRevision } from "#lib/contract/revision.ts";
import { conflict, invalid, notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { loadDraft } from "./loaded.ts";
import { toRevision } from "./queries.ts";
import type { Revision } from "./schema.ts";

type Freeze = { content: string; routeCount: number; note: string; rolledBackFrom: number | null };

/** Locks the tenant's draft, so that two publishers of one tenant take turns, and returns its version. */
async function lockDraft({ tx, actor }: CommandContext): Promise<number> {
  const [draft] = await tx.$queryRaw<{ version: bigint }[]>`
    SELECT version FROM drafts WHERE tenant_id = ${actor.tenant.id}::uuid FOR UPDATE`;
  if (!draft) throw notFound("tenant");
  return Number(draft.version);
}

/** Stores the next revision, moves the pointer to it, audits and notifies. The draft must be locked. */
async function goLive({ tx, actor, audit, notify }: CommandContext, freeze: Freeze): Promise<Revision> {
  const tenantId = actor.tenant.id;
  const hash = createHash("sha256").update(freeze.content).digest("hex");
  const latest = await tx.revision.findFirst({
    where: { tenantId },
    orderBy: { number: "desc" },
    select: { number: true },
  });
  const number = (latest?.number ?? 0) + 1;
  const row = await tx.revision.create({
    data: {
      tenantId,
      number,
      hash,
      ...freeze,
      publishedBy: actor.userId,
      publishedByLabel: actorLabel(actor),
    },
  });
  await tx.tenant.updateMany({ where: { id: tenantId }, data: { liveRevision: number } });
  await audit({
    action: freeze.rolledBackFrom === null ? "revision.publish" : "revision.rollback",
    targetType: "revision",
    targetId: String(number),
    after: { hash, routeCount: freeze.routeCount, note: freeze.note, rolledBackFrom: freeze.rolledBackFrom },
  });
  await notify("changed");
  return toRevision(row, number);
}

/**
 * Freezes the draft as the next revision and makes it live. Throws `conflict` when the draft is not the one that
 * was reviewed or does not differ from what is live, and `invalid_input` with what stands in the way.
 */
export const publish = defineCommand(
  "revision.publish",
  async (context, input: { draftVersion: number; note: string }) => {
    const { tx, actor } = context;
    const version = await lockDraft(context);
    if (version !== input.draftVersion) throw staleVersion(version);
    const { routes } = await loadDraft(tx, actor.tenant.id);
    const problems = findProblems(routes);
    if (problems.length > 0) {
      throw invalid(
        problems.slice(0, 100).map(({ routeId, message }) => ({ path: `routes.${routeId}`, message })),
        "This draft cannot be published yet.",
      );
    }
    const content = serializeRevision(routes);
    const tenant = await tx.tenant.findFirst({ where: { id: actor.tenant.id } });
    if (tenant?.liveRevision != null) {
      const live = await tx.revision.findFirst({
        where: { tenantId: actor.tenant.id, number: tenant.liveRevision },
        select: { content: true },
      });
      if (live?.content === content) throw conflict("The draft is what is live already.");
    }
    return goLive(context, { content, routeCount: routes.length, note: input.note, rolledBackFrom: null });
  },
);

/** Publishes an older revision's content as the next revision; the draft stays as it is. Throws `not_found`. */
export const rollBack = defineCommand(
  "revision.publish",
  async (context, input: { number: number; note: string }) => {
    const { tx, actor } = context;
    await lockDraft(context);
    const tenant = await tx.tenant.findFirst({ where: { id: actor.tenant.id } });
    const older = await tx.revision.findFirst({
      where: { tenantId: actor.tenant.id, number: input.number },
      select: { content: true, routeCount: true },
    });
    if (!older) throw notFound("revision");
    if (tenant?.liveRevision === input.number) throw conflict("This revision is live already.");
    parseRevision(older.content);
    return goLive(context, { ...older, note: input.note, rolledBackFrom: input.number });
  },
);
