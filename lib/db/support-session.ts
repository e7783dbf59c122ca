import type { SupportPass } from "../access/actor.ts";
import { notFound } from "../errors/domain-error.ts";
import type { Transaction } from "./client.ts";
import { Prisma } from "./client.ts";

/** Throws `not_found`, as for any tenant of which one is no member, unless the session is open by the database's clock. */
async function assertOpen(tx: Transaction, sessionId: string, hold: boolean): Promise<void> {
  const [open] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM support_sessions
    WHERE id = ${sessionId}::uuid AND ended_at IS NULL AND expires_at > clock_timestamp()
    ${hold ? Prisma.sql`FOR SHARE` : Prisma.empty}`;
  if (!open) throw notFound("tenant");
}

/**
 * Runs `work` for an operator inside a tenant. What does not say that it changes something, and everything in a
 * read-only session, runs in a transaction that the database itself lets write nothing. A change holds the session:
 * whoever ends it waits until the change is done, and a change that outlasts the session is undone.
 */
export async function underSupportSession<T>(
  tx: Transaction,
  { sessionId, mode }: SupportPass,
  work: (tx: Transaction) => Promise<T>,
  changes: boolean,
): Promise<T> {
  const writes = changes && mode === "requeue";
  if (!writes) await tx.$executeRaw`SET TRANSACTION READ ONLY`;
  await assertOpen(tx, sessionId, writes);
  const result = await work(tx);
  if (writes) await assertOpen(tx, sessionId, false);
  return result;
}
