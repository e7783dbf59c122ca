import assert from "node:assert/strict";
import { after, test } from "node:test";
import pg from "pg";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { getOverview } from "./queries.ts";

const plane = await controlPlane();
after(() => plane.close());

test("the overview counts what was refused in the last hour by its code, and nothing of another tenant", async () => {
  const { actor } = await plane.tenant("refused");
  const other = await plane.tenant("elsewhere");
  const client = new pg.Client({ connectionString: plane.database.superuserUrl });
  await client.connect();
  const add = (tenantId: string, code: string, minutesAgo: number) =>
    client.query(
      `INSERT INTO refusals (id, tenant_id, request_id, at, instance_id, revision, status, code, message, method,
         path, query_names, source_ip, steps)
       VALUES ($1::uuid, $2, $1::uuid::text, now() - $4 * interval '1 minute', $1::uuid, 1, 404, $3, '', 'GET', '/', '[]', '', '[]')`,
      [uuidv7(), tenantId, code, minutesAgo],
    );
  for (const minutes of [0, 5, 59]) await add(actor.tenant.id, "route_not_found", minutes);
  await add(actor.tenant.id, "invalid_api_key", 1);
  await add(actor.tenant.id, "invalid_api_key", 61);
  await add(other.actor.tenant.id, "rate_limited", 1);
  await client.query(
    `INSERT INTO unrecorded_refusals (id, tenant_id, instance_id, from_at, until_at, amount)
     VALUES ($1, $2, $1, now() - interval '2 minutes', now() - interval '1 minute', 900)`,
    [uuidv7(), actor.tenant.id],
  );
  await client.end();
  assert.deepEqual((await getOverview(actor, undefined)).refusals, {
    total: { count: 4, capped: false },
    byCode: [
      { code: "route_not_found", count: 3 },
      { code: "invalid_api_key", count: 1 },
    ],
    unrecorded: 900,
  });
});
