import { PrismaPg } from "@prisma/adapter-pg";
import { env } from "../env.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

// Next evaluates modules more than once in development; one pool a process is enough.
const kept = globalThis as { gatehouseDb?: PrismaClient };

/** The console's own database client, connected as the least-privileged console role. */
export function database(): PrismaClient {
  kept.gatehouseDb ??= new PrismaClient({
    adapter: new PrismaPg({ connectionString: env.databaseUrl, max: 20, connectionTimeoutMillis: 5_000 }),
    transactionOptions: { maxWait: 5_000, timeout: 20_000 },
  });
  return kept.gatehouseDb;
}

/** Closes the pool; for scripts and tests, which must be able to end. */
export async function closeDatabase(): Promise<void> {
  const client = kept.gatehouseDb;
  delete kept.gatehouseDb;
  await client?.$disconnect();
}

export type Transaction = Prisma.TransactionClient;
export { Prisma };
