import { createHash } from "node:crypto";
import { database } from "#lib/db/client.ts";
import { DomainError } from "#lib/errors/domain-error.ts";

/**
 * Attempts that cost nothing: people mistype, and many people can share one address, from which fifty may sign in at
 * one moment: attempts count while they are looked at. Of the mails that somebody without
 * an account can have sent, so many go to one account (known or not) and come from one address; of those that a signed-in
 * person can have sent to addresses of their choice, so many are theirs and so many go to one address.
 */
const FREE_ATTEMPTS = {
  account: 5,
  address: 60,
  code: 5,
  recoveryCode: 5,
  resetOf: 4,
  resetFrom: 20,
  mailBy: 6,
  mailTo: 4,
} as const;
const LONGEST_BLOCK_SECONDS = 900;
/**
 * Not a moment of now: somebody who waited for their turn at a row began before whoever went first, and would take that
 * one's "now" for a block.
 */
const NOT_BLOCKED = "2000-01-01T00:00:00Z";
/** After this long without a failure, counting starts anew. */
const FORGET_SECONDS = 3_600;

export type Subject = { kind: keyof typeof FREE_ATTEMPTS; value: string };

// Hashed, so that the table is no list of who tries to sign in from where.
const keyOf = ({ kind, value }: Subject) =>
  `${kind}:${createHash("sha256").update(value).digest("hex").slice(0, 32)}`;

/** Throws `too_many_requests` with the seconds to wait while a subject is blocked. */
export async function assertNotBlocked(subjects: readonly Subject[]): Promise<void> {
  const [row] = await database().$queryRaw<{ seconds: number | null }[]>`
    SELECT ceil(extract(epoch FROM max(blocked_until) - now()))::int AS seconds
    FROM sign_in_throttles WHERE subject = ANY(${subjects.map(keyOf)}) AND blocked_until > now()`;
  if (row?.seconds != null) throw tooMany(Math.max(1, row.seconds));
}

const tooMany = (seconds: number) =>
  new DomainError("too_many_requests", `Too many attempts. Wait ${seconds} s and try again.`, {
    headers: { "retry-after": String(seconds) },
  });

/**
 * Counts an attempt in one statement, which also refuses it while the subject is blocked, so that attempts at the
 * same moment cannot slip through together. The block doubles with each one beyond the free ones: 1 s, 2 s, 4 s …
 * up to 15 minutes. Gives how many attempts are counted now. Throws `too_many_requests`.
 */
export async function countAttempt(subject: Subject): Promise<number> {
  const free = FREE_ATTEMPTS[subject.kind];
  const counted = await database().$queryRaw<{ failures: number }[]>`
    INSERT INTO sign_in_throttles AS t (subject, failures, last_failure, blocked_until)
    VALUES (${keyOf(subject)}, 1, now(), ${NOT_BLOCKED}::timestamptz)
    ON CONFLICT (subject) DO UPDATE SET
      failures = CASE WHEN t.last_failure < now() - make_interval(secs => ${FORGET_SECONDS}) THEN 1 ELSE t.failures + 1 END,
      last_failure = now(),
      blocked_until = CASE
        WHEN t.last_failure < now() - make_interval(secs => ${FORGET_SECONDS}) OR t.failures + 1 < ${free}::int
          THEN ${NOT_BLOCKED}::timestamptz
        ELSE now() + make_interval(secs => LEAST(${LONGEST_BLOCK_SECONDS}::float8, 2 ^ LEAST(t.failures + 1 - ${free}::int, 20)))
      END
    WHERE t.blocked_until <= now()
    RETURNING failures`;
  if (counted[0]) return counted[0].failures;
  await assertNotBlocked([subject]);
  throw tooMany(1);
}

/**
 * Takes back one attempt that turned out to be right, and the block that it brought unless others were counted
 * since. The failures beside it stay: somebody with an account of their own cannot clear the address by signing in.
 */
export async function takeBackAttempt(subject: Subject, counted: number): Promise<void> {
  await database().$executeRaw`
    UPDATE sign_in_throttles SET
      failures = GREATEST(failures - 1, 0),
      blocked_until = CASE WHEN failures = ${counted}::int THEN ${NOT_BLOCKED}::timestamptz ELSE blocked_until END
    WHERE subject = ${keyOf(subject)}`;
}

/** Forgets a subject's attempts, once it has proved itself, and those of anybody that no longer count. */
export async function forgetAttempts(subject: Subject): Promise<void> {
  await database().$executeRaw`
    DELETE FROM sign_in_throttles WHERE subject = ${keyOf(subject)}
      OR (last_failure < now() - make_interval(secs => ${FORGET_SECONDS}) AND blocked_until <= now())`;
}
