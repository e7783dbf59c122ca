import type { TenantActor } from "#lib/access/actor.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { findDuplicates } from "#lib/contract/publish-checks.ts";
import type { Route } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { type LoadedRoutes, loadDraft } from "#lib/publishing/loaded.ts";
import { checkAllowedKeys } from "./allowed-keys.ts";
import { applyChange, changeInWords, type Edit, warningsOf, whyInvalid } from "./bulk-change.ts";
import { matching } from "./filter-sql.ts";
import { type BulkInput, type BulkResult, MAX_BULK } from "./schema.ts";

/** Routes written by one statement. */
const CHUNK = 2_000;
const MAX_SHOWN = 100;
/** Undoing is for the moment after; a few are kept for people who work side by side. */
const KEPT_UNDOS = 5;

type Plan = { edits: Edit[]; unchanged: number; skips: BulkResult["skips"] };

/** The ids that are meant: those named, each once, or those of all routes that match. Throws `invalid_input`. */
async function selected(tx: Transaction, actor: TenantActor, input: BulkInput): Promise<string[]> {
  if (input.ids) return [...new Set(input.ids)];
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM draft_routes WHERE ${matching(actor.tenant.id, input.filter ?? {})}
    ORDER BY prefix, path, method, id LIMIT ${MAX_BULK + 1}`;
  if (rows.length > MAX_BULK) {
    const message = `matches more than ${MAX_BULK.toLocaleString("en")} routes; narrow it down and go in steps`;
    throw invalid([{ path: "filter", message }]);
  }
  return rows.map(({ id }) => id);
}

/** Routes that would come to match exactly what another enabled route matches, and which one that is. */
function collisions(draft: LoadedRoutes, edits: readonly Edit[]): Map<string, string> {
  const enabling = new Map(
    edits.flatMap(({ before, after }) => (after?.enabled && !before.enabled ? [[before.id, after]] : [])),
  );
  const found = new Map<string, string>();
  if (enabling.size === 0) return found;
  for (const group of findDuplicates(draft.routes.map((route) => enabling.get(route.id) ?? route))) {
    for (const route of group) {
      const other = group.find((one) => one !== route) as Route;
      if (enabling.has(route.id)) {
        found.set(route.id, `would match exactly the same requests as ${other.method} ${other.path}`);
      }
    }
  }
  return found;
}

/** What becomes of each route that is meant; nothing is written. */
function plan(draft: LoadedRoutes, ids: readonly string[], change: BulkInput["change"]): Plan {
  const skips: BulkResult["skips"] = [];
  const edits: Edit[] = [];
  let unchanged = 0;
  for (const id of ids) {
    const before = draft.byId.get(id);
    if (!before) {
      skips.push({ id, method: null, path: null, reason: "is not a route of this draft" });
      continue;
    }
    const after = change.delete ? null : applyChange(before, change);
    const reason = after ? whyInvalid(before, after) : null;
    if (after === before) unchanged += 1;
    else if (reason) skips.push({ id, method: before.method, path: before.path, reason });
    else edits.push({ before, after });
  }
  const colliding = collisions(draft, edits);
  for (const { before } of edits) {
    const reason = colliding.get(before.id);
    if (reason) skips.push({ id: before.id, method: before.method, path: before.path, reason });
  }
  return { edits: edits.filter(({ before }) => !colliding.has(before.id)), unchanged, skips };
}

async function write({ tx, actor }: CommandContext, edits: readonly Edit[]): Promise<void> {
  const tenantId = actor.tenant.id;
  const gone = edits.filter(({ after }) => !after).map(({ before }) => before.id);
  if (gone.length > 0) {
    await tx.$executeRaw`
      DELETE FROM draft_routes WHERE tenant_id = ${tenantId}::uuid AND id = ANY(${gone}::uuid[])`;
  }
  const kept = edits.flatMap(({ after }) => (after ? [after] : []));
  for (let start = 0; start < kept.length; start += CHUNK) {
    const part = kept.slice(start, start + CHUNK);
    const documents = part.map(({ id: _, ...fields }) => JSON.stringify(fields));
    await tx.$executeRaw`
      UPDATE draft_routes SET document = one.document::json, enabled = (one.document::json->>'enabled')::boolean,
        version = version + 1, updated_at = now(), updated_by = ${actor.userId}::uuid
      FROM unnest(${part.map(({ id }) => id)}::uuid[], ${documents}::text[]) AS one (id, document)
      WHERE draft_routes.tenant_id = ${tenantId}::uuid AND draft_routes.id = one.id`;
  }
}

/** Keeps what the routes were, so that the change can be taken back while nobody edits the draft. */
async function remember({ tx, actor }: CommandContext, edits: readonly Edit[], version: number) {
  const id = uuidv7();
  const tenantId = actor.tenant.id;
  const routes = JSON.stringify(edits.map(({ before }) => ({ id: before.id, route: before })));
  await tx.$executeRaw`
    INSERT INTO draft_undos (tenant_id, id, draft_version, routes)
    VALUES (${tenantId}::uuid, ${id}::uuid, ${version}, ${routes}::json)`;
  await tx.$executeRaw`
    DELETE FROM draft_undos WHERE tenant_id = ${tenantId}::uuid AND id NOT IN (
      SELECT id FROM draft_undos WHERE tenant_id = ${tenantId}::uuid ORDER BY created_at DESC, id DESC
      LIMIT ${KEPT_UNDOS})`;
  return id;
}

/** Locks routes before their draft, in the order of every edit, and refuses a draft that is not the previewed one. */
async function lock({ tx, actor }: CommandContext, expected: number | undefined): Promise<void> {
  const tenantId = actor.tenant.id;
  await tx.$executeRaw`SELECT FROM draft_routes WHERE tenant_id = ${tenantId}::uuid ORDER BY id FOR UPDATE`;
  const [draft] = await tx.$queryRaw<{ version: bigint }[]>`
    SELECT version FROM drafts WHERE tenant_id = ${tenantId}::uuid FOR UPDATE`;
  if (!draft) throw notFound("tenant");
  if (Number(draft.version) !== expected) {
    throw conflict("Somebody edited the draft since this was previewed. Look at it again.", [
      { path: "draftVersion", message: `The current version is ${draft.version}.` },
    ]);
  }
}

/**
 * Sets something on many routes of the draft, or takes them out, in one step that can be taken back. A dry run says
 * exactly what would happen. Throws `conflict` when the draft, or how many routes would change, is not what was
 * previewed, and `invalid_input` for a filter that matches too many.
 */
export const bulkEdit = defineCommand(
  "draft.edit",
  async (context, input: BulkInput): Promise<BulkResult> => {
    const { tx, actor, audit } = context;
    const { change, dryRun } = input;
    const tenantId = actor.tenant.id;
    if (!dryRun) await lock(context, input.draftVersion);
    if (change.auth) await checkAllowedKeys(tx, actor, change.auth, "change.auth");
    const draft = await loadDraft(tx, tenantId);
    const { edits, unchanged, skips } = plan(draft, await selected(tx, actor, input), change);
    const result: BulkResult = {
      dryRun,
      draftVersion: draft.version,
      changed: edits.length,
      unchanged,
      skipped: skips.length,
      preview: edits.slice(0, MAX_SHOWN).map(({ before, after }) => ({
        id: before.id,
        method: before.method,
        path: before.path,
        changes: changeInWords(before, after),
      })),
      skips: skips.slice(0, MAX_SHOWN),
      warnings: warningsOf(edits),
      undoId: null,
    };
    if (dryRun) return result;
    if (edits.length !== input.count) {
      throw conflict("Not as many routes would change as were previewed. Look at it again.", [
        { path: "count", message: `Now ${edits.length} would change.` },
      ]);
    }
    if (edits.length === 0) return result;
    await write(context, edits);
    const { version } = await tx.draft.update({
      where: { tenantId },
      data: { version: { increment: 1 }, updatedAt: new Date(), updatedBy: actor.userId },
      select: { version: true },
    });
    await audit({
      action: change.delete ? "draft.bulk_delete" : "draft.bulk_edit",
      targetType: "draft",
      targetId: tenantId,
      after: { change: JSON.parse(JSON.stringify(change)), routeIds: edits.map(({ before }) => before.id) },
    });
    const draftVersion = Number(version);
    return { ...result, draftVersion, undoId: await remember(context, edits, draftVersion) };
  },
);
