import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { maskerOf } from "#lib/contract/masking.ts";
import { closeDatabase, Prisma } from "#lib/db/client.ts";
import { withTenant } from "#lib/db/scope.ts";
import { listGroups } from "#lib/dead-letters/queries.ts";
import { type JobsWorld, jobsWorld } from "../../tests/harness/jobs.ts";
import { personOf } from "../../tests/harness/person-of.ts";
import { getJobCount } from "./queries.ts";
import { withoutSecrets } from "./without-secrets.ts";

let world: JobsWorld;
let actor: Awaited<ReturnType<typeof personOf>>;

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  actor = await personOf(world.superuser, world.tenantId, "acme", "support");
});
after(async () => {
  await closeDatabase();
  await world.close();
});

const VALUE = fc.stringMatching(/^[A-Za-z0-9_-]{6,30}$/).filter((value) => /\d/.test(value));
const WAYS = [
  (value: string) => `token: ${value}`,
  (value: string) => `API_KEY = ${value}`,
  (value: string) => `Authorization: Bearer ${value}`,
  (value: string) => `sent Bearer ${value}`,
  (value: string) => `{ 'client-secret': '${value} and more' }`,
  (value: string) => `{\\"password\\":\\"${value}\\"}`,
  (value: string) => `postgres://app:${value}@db/x`,
  (value: string) => `was eyJ${value}.${value}`,
];

test("what masks hide in an error is not in what a search compares, and what they leave is", async () => {
  const told = (texts: string[]) =>
    withTenant(
      actor,
      (tx) =>
        tx.$queryRaw<{ told: string }[]>`
        SELECT ${withoutSecrets(Prisma.sql`said`)} AS told
        FROM unnest(${texts}::text[]) WITH ORDINALITY AS texts(said, place) ORDER BY place`,
    );
  await fc.assert(
    fc.asyncProperty(fc.array(VALUE, { minLength: 1, maxLength: 20 }), async (values) => {
      const secrets = values.flatMap((value) =>
        WAYS.map((way) => ({ value, text: `upstream ${way(value)}` })),
      );
      const rows = await told(secrets.map(({ text }) => text));
      for (const [index, { value, text }] of secrets.entries()) {
        const shown = maskerOf([]).text(text);
        assert.ok(!shown.includes(value) && !rows[index]?.told.includes(value), rows[index]?.told);
        assert.ok(rows[index]?.told.startsWith("upstream "), rows[index]?.told);
      }
    }),
    { numRuns: 20 },
  );
  const open = ["token: invalid signature", "password must be long", "connect ECONNREFUSED 10.0.0.1:5432"];
  assert.deepEqual(
    (await told(open)).map((row) => row.told),
    open,
  );
});

test("nobody finds a job or a group by a secret in its error, and everybody by the words around it", async () => {
  const id = await world.enqueue("sync", { input: {} });
  await world.superuser.query("UPDATE jobs SET state = 'running', attempts = 5 WHERE id = $1", [id]);
  await world.superuser.query(
    `UPDATE jobs SET state = 'dead', error_fingerprint = 'fp', finished_at = now(),
       error = '{"name":"Error","message":"refused token: swordfish by upstream"}' WHERE id = $1`,
    [id],
  );
  const found = async (text: string) => [
    (await getJobCount(actor, { error: text })).count,
    (await listGroups(actor, { sort: "last_seen", limit: 5, q: text })).data.length,
  ];
  assert.deepEqual(await found("swordfish"), [0, 0]);
  assert.deepEqual(await found("refused token"), [1, 1]);
  assert.deepEqual(await found("by upstream"), [1, 1]);
  assert.equal((await getJobCount(actor, { error: "refused token: swordfish by upstream" })).count, 1);
  const [group] = (await listGroups(actor, { sort: "last_seen", limit: 5 })).data;
  assert.equal(group?.error.message, "refused token: ••• by upstream");
});
