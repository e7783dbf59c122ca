import { createHash } from "node:crypto";
import { defineCommand } from "#lib/command/define.ts";
import { serializeRevision } from "#lib/contract/revision.ts";
import { Prisma } from "#lib/db/client.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { assertStillLive, asText, goLive, lockDraft, readLive } from "./freeze.ts";
import { assertPublishable, lintDraft } from "./lint.ts";
import { loadDraft, loadRevision, rememberRevision } from "./loaded.ts";
import { staleDraft } from "./moves.ts";

export { importRevision, resetDraft, undoDraft } from "./draft-commands.ts";

type PublishInput = {
  draftVersion: number;
  liveRevision?: number | null | undefined;
  note: string;
  /** Left out by a caller that nobody sits in front of, such as a seed: warnings then ask nobody. */
  acceptWarnings?: readonly string[] | undefined;
};

/**
 * Freezes the draft as the next revision and makes it live. Throws `conflict` when the draft or what is live is not
 * what was reviewed or when they do not differ, when a warning was not
 * accepted, and `invalid_input` with what stands in the way.
 */
export const publish = defineCommand("revision.publish", async (context, input: PublishInput) => {
  const { tx, actor } = context;
  const tenantId = actor.tenant.id;
  const version = await lockDraft(tx, tenantId);
  if (version !== input.draftVersion) throw await staleDraft(tx, tenantId, input.draftVersion, version);
  const liveNumber = await readLive(tx, tenantId);
  await assertStillLive(context, input.liveRevision, liveNumber);
  const draft = await loadDraft(tx, tenantId);
  const { routes } = draft;
  assertPublishable(await lintDraft(tx, tenantId, draft), input.acceptWarnings ?? null);
  const content = serializeRevision(routes);
  const hash = createHash("sha256").update(content).digest("hex");
  if (liveNumber !== null) {
    const where = { tenantId, number: liveNumber };
    const live = await tx.revision.findFirst({ where, select: { hash: true } });
    if (live?.hash === hash) throw conflict("The draft is what is live already.");
  }
  const revision = await goLive(context, {
    content: asText(content),
    hash,
    routeCount: routes.length,
    note: input.note,
    rolledBackFrom: null,
  });
  rememberRevision(tenantId, revision, routes);
  return revision;
});

type RollBackInput = { number: number; note: string; liveRevision?: number | null | undefined };

/** Publishes an older revision's content as the next revision; the draft stays as it is. Throws `not_found`. */
export const rollBack = defineCommand("revision.publish", async (context, input: RollBackInput) => {
  const { tx, actor } = context;
  const tenantId = actor.tenant.id;
  await lockDraft(tx, tenantId);
  const live = await readLive(tx, tenantId);
  const older = await tx.revision.findFirst({
    where: { tenantId, number: input.number },
    select: { hash: true, routeCount: true },
  });
  if (!older) throw notFound("revision");
  if (live === input.number) throw conflict("This revision is live already.");
  await assertStillLive(context, input.liveRevision, live);
  // What cannot be read must not go live.
  const { routes } = await loadRevision(tx, tenantId, input.number);
  const revision = await goLive(context, {
    ...older,
    content: Prisma.sql`(SELECT content FROM revisions
      WHERE tenant_id = ${tenantId}::uuid AND number = ${input.number}::int)`,
    note: input.note,
    rolledBackFrom: input.number,
  });
  rememberRevision(tenantId, revision, routes);
  return revision;
});
