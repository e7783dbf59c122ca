import { UNREACHABLE_DIGEST } from "#lib/contract/errors.ts";

/**
 * What Prisma and its driver say when PostgreSQL is away, starting, has no connection left, or does not let this
 * program in: a login that is locked or has another password is for whoever runs the installation to mend, too.
 */
const CODE =
  /^(P1000|P1001|P1002|P1003|P1008|P1010|P1011|P1017|P2024|P2037|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|57P0[123]|53300|28P01|28000|3D000)$/;

// The same of a raw statement, which has one code for everything that goes wrong; the adapter's word is inside.
const KIND =
  /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|AuthenticationFailed|DatabaseAccessDenied|DatabaseDoesNotExist|TlsConnectionError)$/;

// Neither Prisma nor the pool has a code for it alone: every connection is taken for longer than somebody should wait,
// or the database is there and closed to everybody.
const WORDS =
  /Unable to start a transaction in the given time|timeout exceeded when trying to connect|is not currently accepting connections|permission denied for database/;

/** Whether an error, or what caused it, says that the database cannot be asked at present. */
export function isUnreachable(error: unknown, depth = 0): boolean {
  if (depth > 4 || typeof error !== "object" || error === null) return false;
  const { code, originalCode, kind, cause, meta, message } = error as Record<string, unknown>;
  if (typeof message === "string" && WORDS.test(message)) return true;
  if (typeof kind === "string" && KIND.test(kind)) return true;
  if ([code, originalCode].some((value) => typeof value === "string" && CODE.test(value))) return true;
  return [cause, (meta as Record<string, unknown> | undefined)?.driverAdapterError].some((inner) =>
    isUnreachable(inner, depth + 1),
  );
}

/** For a page: lets it know of an error that the database could not be asked, and throws it on. */
export async function tellingUnreachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && isUnreachable(error)) Object.assign(error, { digest: UNREACHABLE_DIGEST });
    throw error;
  }
}
