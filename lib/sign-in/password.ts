import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import { DomainError } from "#lib/errors/domain-error.ts";

// The library declares its algorithms as a const enum, which cannot be imported here; 2 is argon2id.
const ARGON2ID = 2;

// OWASP's second recommendation for argon2id (19 MiB, 2 passes, 1 lane): 12 to 30 ms of an ordinary core.
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * As many at once as there are cores: more would only take turns, and hold 19 MiB each while they do. At most three,
 * because they run on the four threads with which Node.js also reads files and looks up names.
 */
const MAX_CONCURRENT = Math.min(availableParallelism(), 3);
/** About two seconds of work on two cores; whoever comes when so many wait is told to come back, and waits for nothing. */
const MAX_WAITING = 256;
const COME_BACK_SECONDS = 3;

let running = 0;
const waiting: (() => void)[] = [];

/** Throws `unavailable` (503) while so many passwords wait to be looked at that nobody else may. */
export function assertRoom(): void {
  if (waiting.length < MAX_WAITING) return;
  throw new DomainError("unavailable", "Too many people are signing in at this moment. Try again shortly.", {
    headers: { "retry-after": String(COME_BACK_SECONDS) },
  });
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_CONCURRENT) {
    assertRoom();
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/** One spelling of what looks and is typed the same on different keyboards (NIST SP 800-63B, section 3.1.1.2). */
const asTyped = (password: string): string => password.normalize("NFKC");

/** The argon2id hash of a password, in PHC string format. Throws `unavailable` when too many wait. */
export const hashPassword = (password: string): Promise<string> =>
  inTurn(() => hash(asTyped(password), OPTIONS));

let decoy: Promise<string> | undefined;

/**
 * Whether the password is the hash's. Without a hash (no such account, or none that has a password) it does the
 * same work and says no, so that the time of the answer does not tell which accounts exist. Throws `unavailable` when
 * too many wait.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  // Not in turn: it is made once, and must not fail for the one who happens to be the first in a crowd.
  decoy ??= hash("there is no account with this password", OPTIONS);
  const against = stored ?? (await decoy);
  const matches = await inTurn(() => verify(against, asTyped(password)));
  return matches && stored !== null;
}
