import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { testDatabase, withClient } from "../harness/database.ts";

type Column = { type: string; optional: boolean };
type Tables = Record<string, Record<string, Column>>;

/** The database's name for a field's type: what `@db.` says, else Prisma's default for the scalar. */
const NATIVE: Record<string, string> = {
  "@db.Uuid": "uuid",
  "@db.Json": "json",
  "@db.Timestamptz(3)": "timestamp(3) with time zone",
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Boolean: "boolean",
  Bytes: "bytea",
  Json: "jsonb",
  DateTime: "timestamp(3) without time zone",
};

/** The tables and columns of schema.prisma, under their database names. */
function schemaTables(schema: string): Tables {
  const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)];
  const names = new Set(models.map(([, name]) => name));
  const tables: Tables = {};
  for (const [, model, body] of models) {
    const table = /@@map\("(\w+)"\)/.exec(body ?? "")?.[1] ?? model ?? "";
    const columns: Record<string, Column> = {};
    for (const line of (body ?? "").split("\n")) {
      const field = /^ {2}(\w+)\s+(Unsupported\("(\w+)"\)|\w+)(\?|\[\])?(.*)$/.exec(line);
      if (!field) continue;
      const [, name, type, unsupported, mark, attributes] = field;
      if (names.has(type)) continue; // a relation, not a column
      const native = /@db\.\w+(\(\d+\))?/.exec(attributes ?? "")?.[0];
      const scalar = unsupported ?? NATIVE[native ?? type ?? ""] ?? `unknown: ${native ?? type}`;
      columns[/@map\("(\w+)"\)/.exec(attributes ?? "")?.[1] ?? name ?? ""] = {
        type: mark === "[]" ? `${scalar}[]` : scalar,
        optional: mark === "?",
      };
    }
    tables[table] = columns;
  }
  return tables;
}

async function databaseTables(): Promise<Tables> {
  const database = await testDatabase();
  try {
    const { rows } = await withClient(database.superuserUrl, (client) =>
      client.query<{ table: string; column: string; type: string; optional: boolean }>(
        `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
                NOT a.attnotnull AS optional
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`,
      ),
    );
    const tables: Tables = {};
    for (const { table, column, type, optional } of rows) {
      tables[table] = { ...tables[table], [column]: { type, optional } };
    }
    return tables;
  } finally {
    await database.close();
  }
}

test("schema.prisma says of every table it has what the migrated database has", async () => {
  const declared = schemaTables(
    await readFile(path.join(import.meta.dirname, "../../prisma/schema.prisma"), "utf8"),
  );
  const migrated = await databaseTables();
  assert.ok(Object.keys(declared).length >= 17, "the schema was not read");
  for (const [table, columns] of Object.entries(declared)) assert.deepEqual(columns, migrated[table], table);
});

test("only tables that the console does not use are missing from schema.prisma", async () => {
  const declared = schemaTables(
    await readFile(path.join(import.meta.dirname, "../../prisma/schema.prisma"), "utf8"),
  );
  const missing = Object.keys(await databaseTables()).filter((table) => !(table in declared));
  assert.deepEqual(missing.sort(), ["_prisma_migrations", "job_idempotency", "purges"]);
});
