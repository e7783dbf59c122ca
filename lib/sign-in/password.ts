import { hash, verify } from "@node-rs/argon2";

// The library declares its algorithms as a const enum, which cannot be imported here; 2 is argon2id.
const ARGON2ID = 2;

// OWASP's second recommendation for argon2id (19 MiB, 2 passes, 1 lane): about 30 ms on an ordinary core.
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** More at once would only take turns on the cores, and hold 19 MiB each while they wait. */
const MAX_CONCURRENT = 4;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_CONCURRENT) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/** The argon2id hash of a password, in PHC string format. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, OPTIONS));

let decoy: Promise<string> | undefined;

/**
 * Whether the password is the hash's. Without a hash (no such account, or none that has a password) it does the
 * same work and says no, so that the time of the answer does not tell which accounts exist.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword("there is no account with this password");
  const against = stored ?? (await decoy);
  const matches = await inTurn(() => verify(against, password));
  return matches && stored !== null;
}
