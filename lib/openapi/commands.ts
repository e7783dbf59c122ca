import type { TenantActor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { type Command, type CommandContext, defineCommand } from "#lib/command/define.ts";
import type { RouteFields } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Prisma } from "#lib/db/client.ts";
import { invalid, notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { loadDraft } from "#lib/publishing/loaded.ts";
import { type Planned, planImport } from "./plan.ts";
import { knownKeysOf, readOpenApi } from "./queries.ts";
import type { ReadDocument } from "./read/document.ts";
import { place } from "./read/pointer.ts";
import type { Imported, ImportOpenApi } from "./schema.ts";

/** Rows per statement: large enough to be quick, small enough to stay below PostgreSQL's 65,535 parameters. */
const ROWS_PER_STATEMENT = 500;
/** An audit entry names this many routes of each kind; the counts are always whole. */
const MAX_AUDITED = 1_000;

type Work = { fields: RouteFields; id: string };

/** The operations that were asked for. Throws `invalid_input` for a pointer that names none. */
function chosen(document: ReadDocument, pointers: readonly string[] | null) {
  if (pointers === null) return document.operations;
  const wanted = new Set(pointers);
  const found = document.operations.filter(({ pointer }) => wanted.delete(pointer));
  if (wanted.size > 0) {
    throw invalid(
      [...wanted].slice(0, 100).map((pointer) => ({
        path: "operations",
        message: `${pointer.slice(0, 200)} is not an operation of the document`,
      })),
    );
  }
  return found;
}

function refuseUnimportable(planned: readonly Planned[]): void {
  const bad = planned.filter(({ state }) => state === "unusable" || state === "conflict");
  if (bad.length === 0) return;
  throw invalid(
    bad.slice(0, 100).map(({ operation, problem }) => ({
      path: place(operation.problem?.pointer ?? operation.pointer),
      message: problem ?? "cannot be a route",
    })),
    bad.length === 1
      ? "One of the chosen operations cannot be a route. Nothing was imported."
      : `${bad.length.toLocaleString("en")} of the chosen operations cannot be routes. Nothing was imported.`,
  );
}

const batches = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / ROWS_PER_STATEMENT) }, (_, i) =>
    items.slice(i * ROWS_PER_STATEMENT, (i + 1) * ROWS_PER_STATEMENT),
  );

async function create({ tx, actor }: CommandContext, work: readonly Work[]): Promise<void> {
  for (const batch of batches(work)) {
    await tx.draftRoute.createMany({
      data: batch.map(({ id, fields }) => ({
        id,
        tenantId: actor.tenant.id,
        method: fields.method,
        path: fields.path,
        enabled: fields.enabled,
        document: fields as unknown as Prisma.InputJsonObject,
        updatedBy: actor.userId,
      })),
    });
  }
}

async function update({ tx, actor }: CommandContext, work: readonly Work[]): Promise<void> {
  for (const batch of batches(work)) {
    const ids = batch.map(({ id }) => id);
    const documents = batch.map(({ fields }) => JSON.stringify(fields));
    await tx.$executeRaw`
      UPDATE draft_routes r
      SET method = n.document->>'method', path = n.document->>'path',
          enabled = (n.document->>'enabled')::boolean, document = n.document,
          version = r.version + 1, updated_at = now(), updated_by = ${actor.userId}::uuid
      FROM (SELECT id, document::json AS document
            FROM unnest(${ids}::uuid[], ${documents}::text[]) AS u(id, document)) n
      WHERE r.id = n.id AND r.tenant_id = ${actor.tenant.id}::uuid`;
  }
}

const summary = (work: readonly Work[]) =>
  work.slice(0, MAX_AUDITED).map(({ id, fields }) => ({ id, method: fields.method, path: fields.path }));

type Read = { document: ReadDocument; input: ImportOpenApi };

const write = defineCommand("draft.edit", async (context, { document, input }: Read): Promise<Imported> => {
  const { tx, actor, audit } = context;
  const tenantId = actor.tenant.id;
  // The lock makes editors of one tenant take turns, so that what is compared is what is written over.
  const [draft] = await tx.$queryRaw<{ version: bigint }[]>`
    SELECT version FROM drafts WHERE tenant_id = ${tenantId}::uuid FOR UPDATE`;
  if (!draft) throw notFound("tenant");
  if (Number(draft.version) !== input.draftVersion) throw staleVersion(draft.version);
  const operations = chosen(document, input.operations);
  const { routes } = await loadDraft(tx, tenantId);
  const planned = await planImport(operations, routes, await knownKeysOf(tx, tenantId, operations));
  refuseUnimportable(planned);
  const created: Work[] = [];
  const updated: Work[] = [];
  for (const { state, fields, existing } of planned) {
    if (!fields) continue;
    if (state === "new") created.push({ id: uuidv7(), fields });
    if (state === "update" && existing && input.existing === "update")
      updated.push({ id: existing.id, fields });
  }
  const unchanged = planned.filter(({ state }) => state === "same").length;
  const result = {
    created: created.length,
    updated: updated.length,
    unchanged,
    skipped: planned.length - created.length - updated.length - unchanged,
  };
  if (created.length + updated.length === 0) return { ...result, draftVersion: input.draftVersion };
  await create(context, created);
  await update(context, updated);
  await tx.draft.update({
    where: { tenantId },
    data: { version: { increment: 1 }, updatedAt: new Date(), updatedBy: actor.userId },
  });
  await audit({
    action: "draft.import",
    targetType: "draft",
    targetId: tenantId,
    after: {
      ...result,
      format: `OpenAPI ${document.openapi}`,
      title: document.title,
      routes: { created: summary(created), updated: summary(updated) },
    },
  });
  return { ...result, draftVersion: input.draftVersion + 1 };
});

async function importDocument(actor: TenantActor, input: ImportOpenApi): Promise<Imported> {
  authorize(actor, "draft.edit");
  // Read before the transaction begins: a large document takes longer than a connection should be held.
  return write(actor, { document: await readOpenApi(input), input });
}

/**
 * Writes the chosen operations of a document into the draft, all of them or none, as one change. Nothing is live
 * before it is published. Throws `conflict` when the draft is not the one that was previewed, and `invalid_input`
 * naming what cannot be imported.
 */
export const importOpenApi: Command<ImportOpenApi, Imported> = Object.assign(importDocument, {
  permission: "draft.edit" as const,
});
