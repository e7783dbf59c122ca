import { database, type Transaction } from "#lib/db/client.ts";
import { enterTenantOf } from "#lib/db/scope.ts";
import { withSoleRight } from "#lib/db/sole.ts";
import type { Mail } from "#lib/mail/mailer.ts";
import { paths } from "#lib/paths.ts";
import { dueNotice, type NoticeDays, noticeText } from "./rules.ts";

type Options = {
  now: Date;
  /** The console's public origin, for the links. */
  consoleUrl: string;
  send: (notice: Mail) => Promise<unknown>;
  /** Told of a tenant whose notice could not be sent; the others get theirs. */
  onFailure: (error: unknown, tenantId: string) => void;
};

type DueKey = {
  id: string;
  name: string;
  prefix: string;
  lastFour: string;
  createdAt: Date;
  expiresAt: Date;
  days: NoticeDays;
};

const inTenant = <T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  database().$transaction(async (tx) => {
    await enterTenantOf(tx, tenantId);
    return work(tx);
  });

/** The keys of a tenant that its owners have not been told of, the first to end first, and who is to be told. */
async function readDue(tx: Transaction, tenantId: string, now: Date) {
  const tenant = await tx.tenant.findFirst({
    where: { id: tenantId, deletedAt: null },
    select: { slug: true, name: true },
  });
  const owners = await tx.$queryRaw<{ email: string }[]>`
    SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = ${tenantId}::uuid AND m.role = 'owner' AND u.disabled_at IS NULL ORDER BY u.email`;
  const keys = await tx.apiKey.findMany({
    where: {
      tenantId,
      revokedAt: null,
      graceEndsAt: null,
      expiresAt: { gt: now, lte: new Date(now.getTime() + 30 * 86_400_000) },
    },
    orderBy: { expiresAt: "asc" },
  });
  const told = await tx.keyNotice.findMany({
    where: { tenantId, apiKeyId: { in: keys.map(({ id }) => id) } },
  });
  const shortest = new Map<string, number>();
  for (const { apiKeyId, daysBefore } of told) {
    shortest.set(apiKeyId, Math.min(daysBefore, shortest.get(apiKeyId) ?? Number.POSITIVE_INFINITY));
  }
  const due = keys.flatMap((key): DueKey[] => {
    const days = dueNotice(key, now);
    if (days === null || !key.expiresAt || (shortest.get(key.id) ?? Number.POSITIVE_INFINITY) <= days)
      return [];
    return [{ ...key, expiresAt: key.expiresAt, days }];
  });
  return { tenant, owners: owners.map(({ email }) => email), due };
}

/**
 * Tells the owners of every tenant which of its keys are about to expire: one message for a tenant, each key once for
 * each of 30, 7 and 1 days. What was sent is noted after it was sent, so a crash in between repeats that message
 * once. Gives how many messages were sent, or null when another console is at it.
 */
export async function sendKeyNotices({ now, consoleUrl, send, onFailure }: Options): Promise<number | null> {
  let sent = 0;
  const mine = await withSoleRight("keyNotices", async () => {
    const tenants = await database().$queryRaw<{ id: string }[]>`
      SELECT id FROM tenants_with_key_notices(${now}) AS due (id)`;
    for (const { id } of tenants) {
      try {
        const { tenant, owners, due } = await inTenant(id, (tx) => readDue(tx, id, now));
        if (!tenant || owners.length === 0 || due.length === 0) continue;
        const keys = due.map((key) => ({ ...key, url: consoleUrl + paths.key(tenant.slug, key.id) }));
        const list = consoleUrl + paths.keys(tenant.slug, { expires: "soon" });
        await send({ to: owners, ...noticeText(tenant.name, keys, now, list) });
        sent += 1;
        const data = due.map((key) => ({
          apiKeyId: key.id,
          daysBefore: key.days,
          tenantId: id,
          sentAt: now,
        }));
        await inTenant(id, (tx) => tx.keyNotice.createMany({ data, skipDuplicates: true }));
      } catch (error) {
        onFailure(error, id);
      }
    }
  });
  return mine ? sent : null;
}
