import assert from "node:assert/strict";
import test from "node:test";
import { testDatabase, withClient } from "#tests/harness/database.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";

/** Bytes that come with the name of an encryption key, or that are called sealed. */
const SEALED_IN_DATABASE = `
  SELECT bytes.table_name || '.' || bytes.column_name AS name
  FROM information_schema.columns bytes
  WHERE bytes.table_schema = 'public' AND bytes.data_type = 'bytea'
    AND (bytes.column_name LIKE '%sealed%' OR EXISTS (
      SELECT FROM information_schema.columns named
      WHERE named.table_schema = bytes.table_schema AND named.table_name = bytes.table_name
        AND named.column_name = bytes.column_name || '_key_id'))
  ORDER BY name`;

/** Columns that name an encryption key, whatever the bytes beside them are called. */
const KEY_IDS_IN_DATABASE = `
  SELECT table_name || '.' || column_name AS name FROM information_schema.columns
  WHERE table_schema = 'public' AND data_type = 'text' AND column_name ~ 'key_id$'
  ORDER BY name`;

test("every sealed column of the database is in the list that replacing the encryption key walks", async () => {
  const database = await testDatabase();
  try {
    await withClient(database.superuserUrl, async (client) => {
      const names = async (sql: string) =>
        (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
      assert.deepEqual(
        SEALED_COLUMNS.map(({ table, sealed }) => `${table}.${sealed}`).toSorted(),
        await names(SEALED_IN_DATABASE),
      );
      assert.deepEqual(
        SEALED_COLUMNS.map(({ table, keyId }) => `${table}.${keyId}`).toSorted(),
        await names(KEY_IDS_IN_DATABASE),
      );
      // The columns that name a row name exactly one.
      for (const { table, rowIds } of SEALED_COLUMNS) {
        const { rowCount } = await client.query(
          `SELECT FROM pg_index WHERE indrelid = $1::regclass AND indisunique AND indpred IS NULL
             AND NOT EXISTS (SELECT FROM unnest(indkey) AS key(number)
               JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number
               WHERE NOT attname = ANY ($2))`,
          [`public.${table}`, rowIds],
        );
        assert.ok(rowCount, `${table}: ${rowIds.join(", ")} do not name one row`);
      }
    });
  } finally {
    await database.close();
  }
});

/** What stands between the role that seals again and a column: a right that it lacks, or row-level security. */
const LACKING = `
  SELECT wanted.name || ' ' || wanted.privilege AS lacking
  FROM unnest($2::text[], $3::text[]) AS wanted(name, privilege)
  WHERE NOT has_column_privilege('gatehouse_resealer', $1::regclass, wanted.name, wanted.privilege)
  UNION ALL
  SELECT 'a policy' WHERE NOT EXISTS (SELECT FROM pg_policies
    WHERE schemaname = 'public' AND tablename = $1::text AND roles = '{gatehouse_resealer}' AND qual = 'true')`;

test("the role that seals secrets again may read and write each of those columns", async () => {
  const database = await testDatabase();
  try {
    await withClient(database.superuserUrl, async (client) => {
      for (const { table, rowIds, sealed, keyId } of SEALED_COLUMNS) {
        const columns = [...rowIds, sealed, keyId, sealed, keyId];
        const rights = columns.map((_, at) => (at < rowIds.length + 2 ? "SELECT" : "UPDATE"));
        const { rows } = await client.query(LACKING, [table, columns, rights]);
        assert.deepEqual(rows, [], table);
      }
    });
  } finally {
    await database.close();
  }
});
