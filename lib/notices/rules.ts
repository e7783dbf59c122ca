import { oneLine } from "#lib/mail/rules.ts";

export const NOTICE_DAYS = [30, 7, 1] as const;
export type NoticeDays = (typeof NOTICE_DAYS)[number];

const DAY_MS = 86_400_000;

type Dates = { createdAt: Date; expiresAt: Date | null; revokedAt: Date | null; graceEndsAt: Date | null };

/**
 * Which notice a key deserves at `now`: the shortest time before its expiry that has come. Null when none has, when
 * the key was made later than that (its maker has just chosen the day), or when nothing is lost by its end because
 * it has ended already or a successor is there.
 */
export function dueNotice(key: Dates, now: Date): NoticeDays | null {
  const { createdAt, expiresAt, revokedAt, graceEndsAt } = key;
  if (!expiresAt || revokedAt || graceEndsAt || expiresAt <= now) return null;
  const moment = (days: NoticeDays) => expiresAt.getTime() - days * DAY_MS;
  const come = NOTICE_DAYS.filter(
    (days) => moment(days) <= now.getTime() && createdAt.getTime() < moment(days),
  );
  return come.at(-1) ?? null;
}

export type NoticedKey = { name: string; prefix: string; lastFour: string; expiresAt: Date; url: string };

/** No message lists more keys than this; it says how many more there are. */
const MOST_LISTED = 50;

const daysText = (days: number) => (days === 1 ? "1 day" : `${days} days`);
const keysText = (count: number) => (count === 1 ? "1 API key" : `${count} API keys`);
/** The words of a notice to the owners of a tenant; `keys` in the order of their end. Holds no secret. */
export function noticeText(
  tenant: string,
  keys: readonly NoticedKey[],
  now: Date,
  listUrl: string,
): { subject: string; text: string } {
  const first = keys[0]?.expiresAt ?? now;
  const days = Math.max(1, Math.ceil((first.getTime() - now.getTime()) / DAY_MS));
  const lines = keys
    .slice(0, MOST_LISTED)
    .map(
      ({ name, prefix, lastFour, expiresAt, url }) =>
        `- ${oneLine(name)} (${prefix}…${lastFour}) expires ${expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC\n  ${url}`,
    );
  const more = keys.length - lines.length;
  if (more > 0) lines.push(`and ${more} more.`);
  return {
    subject: `${keysText(keys.length)} of ${oneLine(tenant)} ${keys.length === 1 ? "expires" : "expire"} within ${daysText(days)}`,
    text: [
      `These keys of ${oneLine(tenant)} stop working when they expire: every gateway then answers 401 to them.`,
      lines.join("\n"),
      `Rotate a key to give its caller a new one while the old one still works, or let it end.\nAll that end within 30 days: ${listUrl}`,
      "You get this because you are an owner of this tenant. Each key is announced 30, 7 and 1 days before its end.",
    ].join("\n\n"),
  };
}
