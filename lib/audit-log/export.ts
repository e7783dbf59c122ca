import type { TenantActor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { defineCommand } from "#lib/command/define.ts";
import { withTenant } from "#lib/db/scope.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { readEntries, type StoredEntry } from "./read.ts";
import { csvField } from "./rules.ts";
import type { AuditFilters, ExportFormat } from "./schema.ts";
import { waysTo } from "./search.ts";

const AT_ONCE = 1_000;

type ExportInput = AuditFilters & { format: ExportFormat };

const COLUMNS = [
  "seq",
  "at",
  "actorType",
  "actorId",
  "actorTokenId",
  "actorLabel",
  "action",
  "targetType",
  "targetId",
  "before",
  "after",
  "reason",
  "requestId",
  "ip",
  "supportSessionId",
  "id",
  "tenantId",
  "hash",
] as const;

/** An entry as it is exported: before and after are the stored text, which is what the hash was made of. */
const exported = (tenantId: string, row: StoredEntry) => ({
  ...row,
  seq: row.seq === null ? null : Number(row.seq),
  at: row.at.toISOString(),
  tenantId,
  hash: row.hash && Buffer.from(row.hash).toString("hex"),
});

type Exported = ReturnType<typeof exported>;

const LINE: Record<ExportFormat, (entry: Exported) => string> = {
  jsonl: (entry) => `${JSON.stringify(Object.fromEntries(COLUMNS.map((name) => [name, entry[name]])))}\n`,
  csv: (entry) => `${COLUMNS.map((name) => csvField(entry[name])).join(",")}\r\n`,
};

/**
 * Writes down that the log is being exported, and gives the export, oldest first: text that is read a batch at a time as
 * it is taken. Whoever may no longer read the log meanwhile gets no further.
 */
export const exportAudit = defineCommand(
  "audit.read",
  async ({ actor, audit }, { format, ...filters }: ExportInput): Promise<AsyncGenerator<string>> => {
    const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
    const to = new Date();
    await audit({
      action: "audit.export",
      targetType: "tenant",
      targetId: actor.tenant.id,
      after: { format, filters: given as Record<string, string> },
    });
    // Nothing that comes later, this entry included: the end of the export is where it was asked for.
    return lines(actor, format, { ...filters, to: earlier(filters.to, to) });
  },
);

const earlier = (given: string | undefined, now: Date): string =>
  given && Date.parse(given) < now.getTime() ? given : now.toISOString();

async function* lines(
  actor: TenantActor,
  format: ExportFormat,
  filters: AuditFilters,
): AsyncGenerator<string> {
  if (format === "csv") yield `${COLUMNS.join(",")}\r\n`;
  let after: { at: string; id: string } | null = null;
  for (;;) {
    const still = await enterTenant(actor, actor.tenant.slug);
    authorize(still, "audit.read");
    const place: { at: string; id: string } | null = after;
    const rows: StoredEntry[] = await withTenant(still, async (tx) =>
      readEntries(tx, await waysTo(tx, still.tenant.id, filters), {
        order: "oldest",
        after: place,
        most: AT_ONCE,
      }),
    );
    if (rows.length > 0) yield rows.map((row) => LINE[format](exported(still.tenant.id, row))).join("");
    const last = rows.at(-1);
    if (rows.length < AT_ONCE || !last) return;
    after = { at: last.at.toISOString(), id: last.id };
  }
}
