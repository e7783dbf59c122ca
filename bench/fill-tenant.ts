import { parseArgs } from "node:util";
import pg from "pg";
import { seedManyRoutes } from "#tests/harness/many-routes.ts";

/**
 * Makes a tenant and fills its draft: `node bench/fill-tenant.ts SLUG [COUNT]`. Asks for the console's address and an
 * access token in CONSOLE_URL and CONSOLE_TOKEN, and for its database in CONSOLE_DATABASE_URL; a tenant that exists
 * gets more routes.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const [slug, count = "10000"] = positionals;
const { CONSOLE_URL, CONSOLE_TOKEN, CONSOLE_DATABASE_URL } = process.env;
if (!slug || !CONSOLE_URL || !CONSOLE_TOKEN || !CONSOLE_DATABASE_URL) {
  throw new Error("Give a slug, and set CONSOLE_URL, CONSOLE_TOKEN and CONSOLE_DATABASE_URL.");
}

const headers = { authorization: `Bearer ${CONSOLE_TOKEN}`, "content-type": "application/json" };
await fetch(`${CONSOLE_URL}/api/v1/tenants`, {
  method: "POST",
  headers,
  body: JSON.stringify({ slug, name: slug }),
});
const response = await fetch(`${CONSOLE_URL}/api/v1/tenants/${slug}`, { headers });
if (!response.ok) throw new Error(`There is no tenant ${slug}: ${await response.text()}`);
const { data } = (await response.json()) as { data: { id: string } };
const client = new pg.Client({ connectionString: CONSOLE_DATABASE_URL });
await client.connect();
await seedManyRoutes(client, data.id, Number(count));
await client.end();
console.log(`${count} routes more in the draft of ${slug}`);
