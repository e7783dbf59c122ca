import { createHash } from "node:crypto";
import type { TenantActor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import type { Route } from "#lib/contract/route.ts";
import { inRevisionOrder, routeText } from "#lib/contract/route-text.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma } from "#lib/db/client.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { type Comparison, compareRoutes } from "./comparison.ts";
import { lockDraft } from "./freeze.ts";
import { type LoadedRoutes, loadDraft } from "./loaded.ts";
import { staleDraft } from "./moves.ts";
import { inWords } from "./queries.ts";
import { readImport } from "./read-import.ts";
import type { DraftChanged, ImportDocument, Imported } from "./schema.ts";
import { loadSide } from "./sides.ts";

/** Routes written by one statement. */
const CHUNK = 2_000;
/** Undoing is for the moment after; a few are kept for people who work side by side. */
const KEPT_UNDOS = 5;
const MAX_SHOWN = 100;

type Undo = { id: string; route: Route | null };

async function write({ tx, actor }: CommandContext, { differences }: Comparison): Promise<void> {
  const tenantId = actor.tenant.id;
  const gone = differences.filter(({ after }) => !after).map(({ routeId }) => routeId);
  if (gone.length > 0) {
    await tx.$executeRaw`
      DELETE FROM draft_routes WHERE tenant_id = ${tenantId}::uuid AND id = ANY(${gone}::uuid[])`;
  }
  for (const kind of ["added", "changed"] as const) {
    const routes = differences.flatMap((one) => (one.kind === kind && one.after ? [one.after] : []));
    for (let start = 0; start < routes.length; start += CHUNK) {
      const part = routes.slice(start, start + CHUNK);
      const documents = part.map(({ id: _, ...fields }) => JSON.stringify(fields));
      const rows = Prisma.sql`(SELECT id, document->>'method' AS method, document->>'path' AS path,
          (document->>'enabled')::boolean AS enabled, document
        FROM (SELECT id, document::json AS document FROM unnest(
          ${part.map(({ id }) => id)}::uuid[], ${documents}::text[]) AS given (id, document)) parsed) one`;
      // Not one statement for both: the proposed row of a conflict is computed and thrown away.
      if (kind === "added") {
        await tx.$executeRaw`
          INSERT INTO draft_routes (tenant_id, id, method, path, enabled, document, updated_by)
          SELECT ${tenantId}::uuid, one.id, one.method, one.path, one.enabled, one.document,
            ${actor.userId}::uuid FROM ${rows}`;
      } else {
        await tx.$executeRaw`
          UPDATE draft_routes d SET method = one.method, path = one.path, enabled = one.enabled,
            document = one.document, version = d.version + 1, updated_at = now(),
            updated_by = ${actor.userId}::uuid
          FROM ${rows} WHERE d.tenant_id = ${tenantId}::uuid AND d.id = one.id`;
      }
    }
  }
}

/** Remembers what the routes were, for as long as nobody edits them again. */
async function remember({ tx, actor }: CommandContext, comparison: Comparison, version: number) {
  const id = uuidv7();
  const before: Undo[] = comparison.differences.map((one) => ({ id: one.routeId, route: one.before }));
  const tenantId = actor.tenant.id;
  await tx.$executeRaw`
    INSERT INTO draft_undos (tenant_id, id, draft_version, routes)
    VALUES (${tenantId}::uuid, ${id}::uuid, ${version}, ${JSON.stringify(before)}::json)`;
  await tx.$executeRaw`
    DELETE FROM draft_undos WHERE tenant_id = ${tenantId}::uuid AND id NOT IN (
      SELECT id FROM draft_undos WHERE tenant_id = ${tenantId}::uuid ORDER BY created_at DESC, id DESC
      LIMIT ${KEPT_UNDOS})`;
  return id;
}

type Change = {
  action: "draft.reset" | "draft.import" | "draft.undo";
  about: Record<string, string | number | null>;
};

/** Makes the draft, which must be locked, say `wanted`: one version more, one entry in the audit log, one way back. */
async function changeDraft(
  context: CommandContext,
  draft: LoadedRoutes,
  wanted: readonly Route[],
  { action, about }: Change,
): Promise<DraftChanged> {
  const { tx, actor, audit } = context;
  const comparison = compareRoutes(draft.routes, wanted);
  const { counts, differences } = comparison;
  if (counts.total === 0) return { draftVersion: draft.version, counts, undoId: null };
  await write(context, comparison);
  const { version } = await tx.draft.update({
    where: { tenantId: actor.tenant.id },
    data: { version: { increment: 1 }, updatedAt: new Date(), updatedBy: actor.userId },
    select: { version: true },
  });
  const only = counts.total === 1 ? differences[0] : undefined;
  await audit({
    action,
    targetType: only ? "route" : "draft",
    targetId: only ? only.routeId : actor.tenant.id,
    ...(only?.before ? { before: JSON.parse(routeText(only.before)) } : {}),
    after: only?.after
      ? JSON.parse(routeText(only.after))
      : { ...about, added: counts.added, changed: counts.changed, removed: counts.removed },
  });
  const draftVersion = Number(version);
  return { draftVersion, counts, undoId: await remember(context, comparison, draftVersion) };
}

/**
 * Locks routes before their draft, the order in which an edit of one route takes them, so that both at once wait for
 * each other instead of ending each other.
 */
async function lock({ tx, actor }: CommandContext, expected: number): Promise<LoadedRoutes> {
  const tenantId = actor.tenant.id;
  await tx.$executeRaw`SELECT FROM draft_routes WHERE tenant_id = ${tenantId}::uuid ORDER BY id FOR UPDATE`;
  const version = await lockDraft(tx, tenantId);
  if (version !== expected) throw await staleDraft(tx, tenantId, expected, version);
  return loadDraft(tx, tenantId);
}

type ResetInput = { draftVersion: number; revision: number | null; routeIds: readonly string[] | null };

/**
 * Makes the draft, or some of its routes, what a revision says. Throws `conflict` for a stale draft and `not_found`
 * for a revision or a route that is on neither side.
 */
export const resetDraft = defineCommand("draft.edit", async (context, input: ResetInput) => {
  const draft = await lock(context, input.draftVersion);
  const target = await loadSide(context.tx, context.actor.tenant.id, input.revision ?? "live");
  const about = { revision: input.revision };
  if (!input.routeIds) return changeDraft(context, draft, target.routes, { action: "draft.reset", about });
  const chosen = new Set(input.routeIds);
  for (const id of chosen) if (!draft.byId.has(id) && !target.byId.has(id)) throw notFound("route");
  const wanted = draft.routes.filter(({ id }) => !chosen.has(id));
  for (const id of chosen) {
    const route = target.byId.get(id);
    if (route) wanted.push(route);
  }
  return changeDraft(context, draft, wanted, { action: "draft.reset", about });
});

/** Takes back the last change of many routes. Throws `not_found`, or `conflict` when the draft was edited since. */
export const undoDraft = defineCommand("draft.edit", async (context, input: { undoId: string }) => {
  const { tx, actor } = context;
  const undo = await tx.draftUndo.findFirst({ where: { tenantId: actor.tenant.id, id: input.undoId } });
  if (!undo) throw notFound("change that can be undone");
  const version = Number(undo.draftVersion);
  const draft = await lock(context, version).catch((error: unknown) => {
    throw error instanceof Error && "code" in error && error.code === "conflict"
      ? conflict("The draft was edited since, so this cannot be undone at once any more.")
      : error;
  });
  const before = undo.routes as unknown as Undo[];
  const touched = new Set(before.map(({ id }) => id));
  const wanted = [
    ...draft.routes.filter(({ id }) => !touched.has(id)),
    ...before.flatMap(({ route }) => (route ? [route] : [])),
  ];
  const done = await changeDraft(context, draft, wanted, { action: "draft.undo", about: {} });
  await tx.draftUndo.deleteMany({ where: { tenantId: actor.tenant.id, id: input.undoId } });
  return done;
});

const hashOf = (routes: readonly Route[]) =>
  createHash("sha256")
    .update(`{"format":1,"routes":[${inRevisionOrder(routes).map(routeText).join(",")}]}`)
    .digest("hex");

type ImportInput = { document: ImportDocument; dryRun: boolean; draftVersion?: number | undefined };
type ReplaceInput = Omit<ImportInput, "document"> & { hash: string; routes: readonly Route[] };

const replaceDraft = defineCommand(
  "draft.edit",
  async (context, { hash, routes, dryRun, draftVersion }: ReplaceInput): Promise<Imported> => {
    const { tx, actor } = context;
    if (dryRun) {
      const draft = await loadDraft(tx, actor.tenant.id);
      const { counts, differences } = compareRoutes(draft.routes, routes);
      const changes = await inWords(tx, actor.tenant.id, differences.slice(0, MAX_SHOWN));
      return { draftVersion: draft.version, counts, undoId: null, dryRun, changes };
    }
    if (draftVersion === undefined) {
      throw invalid([{ path: "draftVersion", message: "is required: the draft that the import replaces" }]);
    }
    const draft = await lock(context, draftVersion);
    const about = { hash, publishesAs: hashOf(routes), routes: routes.length };
    const done = await changeDraft(context, draft, routes, { action: "draft.import", about });
    return { ...done, dryRun, changes: [] };
  },
);

/**
 * Replaces the draft with an exported revision, ids included, so that publishing it gives the hash of the export.
 * With `dryRun` says what would change and changes nothing. Throws `invalid_input` with the places in the document,
 * which is read before the transaction begins: twenty thousand routes take a while.
 */
export async function importRevision(
  actor: TenantActor,
  { document, ...rest }: ImportInput,
): Promise<Imported> {
  authorize(actor, replaceDraft.permission);
  const routes = await readImport(document);
  return replaceDraft(actor, { ...rest, hash: document.hash, routes });
}
