import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test, { after, before } from "node:test";
import type { PersonActor, TenantPerson } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { withUser } from "#lib/db/scope.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { startSupportExpiry } from "./commands.ts";
import { forgetDeskSearches } from "./expiry.ts";
import { findAnywhere, listDeskSearches, lookupKeyAnywhere } from "./queries.ts";
import { deskSearchSchema } from "./schema.ts";

let plane: ControlPlane;
let operator: PersonActor;
let owner: TenantPerson;
before(async () => {
  plane = await controlPlane();
  operator = await plane.operator();
  owner = (await plane.tenant("acme")).actor;
});
after(() => plane.close());

const sql = (text: string, values: unknown[] = []) =>
  withClient(plane.database.superuserUrl, (client) => client.query(text, values));

const latest = async (who: PersonActor = operator) =>
  deskSearchSchema.parse((await listDeskSearches(who, { limit: 1 })).data[0]);

test("each search is written down with who asked, what for, and in which tenants something was found", async () => {
  await findAnywhere(operator, { q: "acme" });
  const found = await latest();
  assert.deepEqual(
    [found.kind, found.asked, found.found, found.tenants, found.operator.email, found.mine],
    ["text", "acme", 1, ["acme"], operator.email, true],
  );
  const other = await plane.operator();
  assert.equal((await latest(other)).mine, false, "every operator reads what the others looked for");
  const id = uuidv7();
  await findAnywhere(other, { q: id });
  assert.deepEqual([(await latest()).asked, (await latest()).found], [id, 0]);
});

test("what could be a secret is not kept: whole keys, and words that found nothing", async () => {
  await findAnywhere(operator, { q: "correct horse battery staple" });
  assert.deepEqual([(await latest()).kind, (await latest()).asked], ["text", null]);
  const sha256 = randomBytes(32).toString("hex");
  await assert.rejects(lookupKeyAnywhere(operator, { sha256 }), { code: "not_found" });
  assert.deepEqual([(await latest()).kind, (await latest()).asked, (await latest()).found], ["key", null, 0]);
  await assert.rejects(findAnywhere(operator, { q: `gh_${"a".repeat(49)}` }), { code: "invalid_input" });
  assert.equal((await latest()).kind, "key", "what is refused is not looked for");
});

test("nobody but operators reads it, and nobody writes in another's name, changes it or removes it", async () => {
  await assert.rejects(listDeskSearches(owner, { limit: 1 }), { code: "not_found" });
  assert.equal(await withUser(owner.userId, (tx) => tx.deskSearch.count()), 0);
  const forged = (by: PersonActor, as: PersonActor) =>
    withUser(by.userId, (tx) =>
      tx.deskSearch.createMany({
        data: [
          {
            id: uuidv7(),
            operatorId: as.userId,
            operatorEmail: as.email,
            operatorName: as.name,
            kind: "id",
            asked: "x",
            found: 0,
            tenants: [],
            requestId: "r",
            ip: "",
          },
        ],
      }),
    );
  await assert.rejects(forged(owner, owner));
  await assert.rejects(forged(operator, await plane.operator()));
  await assert.rejects(withUser(operator.userId, (tx) => tx.deskSearch.deleteMany()));
  await assert.rejects(withUser(operator.userId, (tx) => tx.deskSearch.updateMany({ data: { found: 9 } })));
});

test("the list is complete page by page, the latest first", async () => {
  for (let count = 0; count < 3; count++) await findAnywhere(operator, { q: uuidv7() });
  const all = (await listDeskSearches(operator, { limit: 100 })).data.map(({ id }) => id);
  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listDeskSearches(operator, { limit: 2, cursor });
    paged.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.deepEqual(paged, all);
});

test("what was looked for goes when its year is over, with the console's other upkeep, and not a moment before", async () => {
  await sql("DELETE FROM desk_searches");
  const asked = (age: string) =>
    sql(
      `INSERT INTO desk_searches (id, at, operator_email, operator_name, kind, asked, found, tenants, request_id, ip)
       VALUES ($1, now() - $2::text::interval, 'o@example.com', 'O', 'id', $2, 0, '{}', 'r', '')`,
      [uuidv7(), age],
    );
  const ages = ["364 days 23 hours", "365 days 1 minute", "366 days", "2 years"];
  for (const age of ages) await asked(age);
  assert.equal(await forgetDeskSearches(2), 3, "also when they are more than go at once");
  assert.deepEqual(
    (await listDeskSearches(operator, { limit: 100 })).data.map((search) => search.asked),
    ages.slice(0, 1),
  );
  await asked("3 years");
  const upkeep = startSupportExpiry({ log: (line) => assert.fail(line.msg) });
  await eventually(
    "the old one is gone",
    async () => (await listDeskSearches(operator, { limit: 100 })).data.length === 1,
  );
  await upkeep.stop();
});
