import { UNSEARCHED } from "#lib/contract/secret-text.ts";
import { Prisma } from "#lib/db/client.ts";

/**
 * A text in SQL without what masks hide in it wherever it is shown, so that no search tells. Of each of `more`
 * expressions, too, only the first group is left.
 */
export const withoutSecrets = (text: Prisma.Sql, more: readonly string[] = []): Prisma.Sql =>
  [...UNSEARCHED, ...more].reduce(
    (rest, secret) => Prisma.sql`regexp_replace(${rest}, ${secret}, '\\1', 'gi')`,
    text,
  );
