import { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { atDesk } from "./desk.ts";
import type { DeskSearch } from "./schema.ts";

/** Tenants that an entry names at most. */
const MOST_TENANTS = 50;

type Noted = {
  kind: DeskSearch["kind"];
  /** What was asked for; of words that found nothing nothing is kept, for they may be anything that was pasted. */
  asked: string | null;
  found: readonly { slug: string }[];
};

/** Writes down what an operator looked for, in the transaction in which it was found. */
export async function noteSearch(
  tx: Transaction,
  actor: Actor,
  { kind, asked, found }: Noted,
): Promise<void> {
  const kept = kind === "key" || (kind === "text" && found.length === 0) ? null : asked;
  const tenants = [...new Set(found.map(({ slug }) => slug))].slice(0, MOST_TENANTS);
  // Somebody who has ceased to be an operator this moment has found nothing, and is not written down.
  await tx.$executeRaw`
    INSERT INTO desk_searches
      (id, operator_id, operator_email, operator_name, kind, asked, found, tenants, request_id, ip)
    SELECT ${uuidv7()}::uuid, ${actor.userId}::uuid, ${actor.email}, ${actor.name}, ${kind}, ${kept},
      ${found.length}::int, ${tenants}::text[], ${actor.requestId}, ${actor.ip} WHERE support_is_operator()`;
}

type ListInput = { limit: number; cursor?: string | undefined };

/** One page of what operators looked for, the latest first. Throws `not_found` unless the actor is one. */
export async function listDeskSearches(actor: Actor, input: ListInput): Promise<Page<DeskSearch>> {
  const before = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  const rows = await atDesk(actor, (tx) =>
    tx.deskSearch.findMany({
      ...(before
        ? { where: { OR: [{ at: { lt: before[0] } }, { at: before[0], id: { lt: before[1] } }] } }
        : {}),
      orderBy: [{ at: "desc" }, { id: "desc" }],
      take: input.limit + 1,
    }),
  );
  return toPage(
    rows,
    input.limit,
    (row) => [row.at.toISOString(), row.id],
    (row) => ({
      id: row.id,
      at: row.at.toISOString(),
      operator: { email: row.operatorEmail, name: row.operatorName },
      mine: row.operatorId === actor.userId,
      kind: row.kind as DeskSearch["kind"],
      asked: row.asked,
      found: row.found,
      tenants: row.tenants,
    }),
  );
}
