import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import pg from "pg";
import { type TestDatabase, testDatabase, withClient } from "#tests/harness/database.ts";
import { verifyAudit } from "./verify-audit.ts";

const TENANTS = ["10000000-0000-7000-8000-000000000001", "10000000-0000-7000-8000-000000000002"] as const;
const [ACME, GLOBEX] = TENANTS;
const PERSON = "10000000-0000-7000-8000-00000000000a";
const entry = (n: number) => `20000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

let database: TestDatabase;
let superuser: pg.Client;
let owner: pg.Client;

before(async () => {
  database = await testDatabase();
  superuser = new pg.Client({ connectionString: database.superuserUrl });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await superuser.connect();
  await owner.connect();
  await superuser.query("INSERT INTO users (id, email, name) VALUES ($1, 'a@people.example', 'A')", [PERSON]);
  for (const [n, id] of TENANTS.entries()) {
    await superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'T')", [id, `chain-${n}`]);
  }
  for (let n = 1; n <= 7; n++) await add(n);
  await superuser.query(
    `INSERT INTO personal_audit_entries (id, user_id, actor_type, actor_label, action, target_type, target_id, request_id)
     SELECT gen_random_uuid(), $1, 'user', 'A', 'person.sign-in', 'person', 'p', 'q' FROM generate_series(1, 3)`,
    [PERSON],
  );
});

after(async () => {
  await superuser?.end();
  await owner?.end();
  await database?.close();
});

/** One entry with a text in every column, and what is hard to get right in some. */
async function add(n: number, tenant: string = ACME): Promise<void> {
  await superuser.query(
    `INSERT INTO audit_entries (id, tenant_id, at, actor_type, actor_id, actor_label, action, target_type, target_id,
       before, after, reason, request_id, ip, support_session_id, actor_token_id)
     VALUES ($1, $2, $3, 'token', $4, $5, 'route.update', 'route', $6, $7, $8, $9, $10, '2001:db8::1', $11, $12)`,
    [
      entry(n),
      tenant,
      new Date(Date.UTC(2026, 0, n, 23, 59, 59, n)),
      n % 2 ? PERSON : null,
      `Zoë 😀 ${n}`,
      `route-${n}`,
      n % 2 ? '{"b" : 1, "a":  [1.50, "\\u0000"]}' : null,
      '{"path":"/ü"}',
      n % 3 ? "because\nof this" : null,
      `request-${n}`,
      n === 4 ? entry(99) : null,
      n % 2 ? entry(98) : null,
    ],
  );
}

/** What the command says after `tamper`, which the superuser does with every trigger off, and which is undone. */
async function after_(tamper: string, options = {}): Promise<{ flawed: number; lines: string[] }> {
  await superuser.query("SET session_replication_role = replica");
  await superuser.query("BEGIN");
  try {
    await superuser.query(tamper);
    // In the same transaction, so that it sees what is not committed.
    const lines: string[] = [];
    const flawed = await verifyAudit(superuser, { tenant: "chain-0", ...options }, (line) =>
      lines.push(line),
    );
    return { flawed, lines };
  } finally {
    await superuser.query("ROLLBACK");
    await superuser.query("RESET session_replication_role");
  }
}

test("chains that nobody touched verify, as the schema's owner, tenants' and persons' alike", async () => {
  const lines: string[] = [];
  assert.equal(await verifyAudit(owner, {}, (line) => lines.push(line)), 0);
  assert.deepEqual(lines, [
    "chain-0: 7 entries, each as it was written",
    "the person a@people.example: 3 entries, each as it was written",
    "Verified 10 entries in 3 chains: nothing altered, missing, moved or put in.",
  ]);
});

test("no plane's role may read the chains past its tenant or run what the command reads with", async () => {
  for (const url of [database.consoleUrl, database.gatewayUrl, database.workerUrl]) {
    await withClient(url, async (client) => {
      for (const sql of [
        "SELECT audit_heads('tenant', gen_random_uuid(), 1)",
        "SELECT audit_slice('tenant', gen_random_uuid(), 0, 1)",
        "SELECT audit_ending('tenant', gen_random_uuid())",
      ]) {
        await assert.rejects(client.query(sql), { code: "42501" }, sql);
      }
    });
  }
});

for (const column of [
  "at = at + interval '1 ms'",
  "actor_type = 'user'",
  "actor_token_id = NULL",
  "actor_token_id = gen_random_uuid()",
  "actor_id = NULL",
  "actor_label = 'Zoe'",
  "action = 'route.create'",
  "target_type = 'key'",
  "target_id = 'route-6'",
  `before = '{"b": 1, "a":  [1.50, "\\u0000"]}'`,
  "after = NULL",
  "reason = ''",
  "request_id = 'request-6'",
  "ip = ''",
  `support_session_id = '${entry(98)}'`,
  `tenant_id = '${GLOBEX}'`,
]) {
  test(`an entry that was altered is named: ${column}`, async () => {
    const { flawed, lines } = await after_(`UPDATE audit_entries SET ${column} WHERE id = '${entry(5)}'`);
    assert.equal(flawed, 1);
    assert.equal(lines[0], `chain-0: entry 5 (id ${entry(5)}) is not what was written`);
  });
}

for (const n of [1, 4, 7]) {
  test(`entry ${n} of 7 that was taken out is named, with its link or without`, async () => {
    const gone = `DELETE FROM audit_entries WHERE id = '${entry(n)}';`;
    const withLink = await after_(`${gone} DELETE FROM audit_links WHERE entry_id = '${entry(n)}'`);
    assert.match(withLink.lines[0] ?? "", new RegExp(`^chain-0: entry ${n} is missing`));
    const without = await after_(gone);
    assert.equal(without.lines[0], `chain-0: entry ${n} (id ${entry(n)}) is missing`);
    assert.deepEqual([withLink.flawed, without.flawed], [1, 1]);
  });
}

test("two entries that changed places are named", async () => {
  const { lines } = await after_(`
    UPDATE audit_links SET entry_id = CASE entry_id WHEN '${entry(3)}' THEN '${entry(99)}'::uuid ELSE entry_id END WHERE seq = 3;
    UPDATE audit_links SET entry_id = '${entry(3)}' WHERE seq = 5; UPDATE audit_links SET entry_id = '${entry(5)}' WHERE seq = 3`);
  assert.equal(lines[0], `chain-0: entry 3 (id ${entry(5)}) is not in its place: entries were reordered`);
});

const FORGED = `INSERT INTO audit_entries (id, tenant_id, actor_type, actor_label, action, target_type, target_id, request_id)
  VALUES ('${entry(50)}', '${ACME}', 'user', 'F', 'a', 'route', 'r', 'q');`;

test("an entry that was put in is named: beside the chain, after its end, and in the place of another", async () => {
  const beside = await after_(FORGED);
  assert.match(beside.lines[0] ?? "", new RegExp(`${entry(50)}.*no link names`));
  const last = await after_(`${FORGED} INSERT INTO audit_links SELECT '${ACME}', 8, '${entry(50)}',
    audit_entry_hash(hash, 8, (SELECT e FROM audit_entries e WHERE id = '${entry(50)}')) FROM audit_links
    WHERE tenant_id = '${ACME}' AND seq = 7`);
  assert.equal(last.lines[0], "chain-0: entry 8 was put in after the end of the chain");
  const instead = await after_(`${FORGED} UPDATE audit_links SET entry_id = '${entry(50)}' WHERE seq = 2`);
  assert.match(instead.lines[0] ?? "", /^chain-0: entry 2 .* is not what was written$/);
});

test("an end that was cut off, moved or lost is told", async () => {
  const cut = await after_(
    "DELETE FROM audit_links WHERE seq > 5; DELETE FROM audit_entries WHERE at > '2026-01-06'",
  );
  assert.equal(cut.lines[0], "chain-0: entry 6 is missing, and all after it up to 7");
  const lost = await after_("DELETE FROM audit_chains");
  assert.match(lost.lines[0] ?? "", /^chain-0: entry 7 is the last, but where the chain ends/);
  const moved = await after_("UPDATE audit_chains SET hash = decode(repeat('ab', 32), 'hex')");
  assert.match(
    moved.lines[0] ?? "",
    /^chain-0: entry 7 is the last, and the end of the chain has another hash/,
  );
});

test("an anchor shows what somebody who rewrote the end as well would hide", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "anchor-"));
  const anchor = path.join(folder, "anchor");
  try {
    assert.equal(await verifyAudit(owner, { anchor }, () => {}), 0);
    const written = await readFile(anchor, "utf8");
    const hidden = `DELETE FROM audit_links WHERE seq > 5; DELETE FROM audit_entries WHERE at > '2026-01-06';
      UPDATE audit_chains SET (seq, hash) = (SELECT seq, hash FROM audit_links WHERE tenant_id = '${ACME}' AND seq = 5)
        WHERE tenant_id = '${ACME}'`;
    assert.equal((await after_(hidden)).flawed, 0, "not to be seen without it");
    const seen = await after_(hidden, { anchor });
    assert.equal(
      seen.lines[0],
      "chain-0: entry 6 is missing, and all after it up to 7, which the anchor names",
    );
    // Everything from the second entry on made anew, with hashes that fit.
    const rewritten = await after_(
      `UPDATE audit_entries SET reason = 'another' WHERE id = '${entry(2)}';
      DO $$ DECLARE l record; h bytea; BEGIN
        SELECT hash INTO h FROM audit_links WHERE tenant_id = '${ACME}' AND seq = 1;
        FOR l IN SELECT * FROM audit_links WHERE tenant_id = '${ACME}' AND seq > 1 ORDER BY seq LOOP
          h := audit_entry_hash(h, l.seq, (SELECT e FROM audit_entries e WHERE id = l.entry_id));
          UPDATE audit_links SET hash = h WHERE tenant_id = '${ACME}' AND seq = l.seq;
        END LOOP;
        UPDATE audit_chains SET hash = h WHERE tenant_id = '${ACME}';
      END $$`,
      { anchor },
    );
    assert.match(
      rewritten.lines[0] ?? "",
      /^chain-0: entry 7 .* were rewritten: the anchor has another hash/,
    );
    assert.equal(await readFile(anchor, "utf8"), written, "an anchor is not replaced by what it disproves");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("nobody changes, deletes or empties the log or moves its end, the superuser with triggers on included", async () => {
  for (const table of ["audit_entries", "audit_links", "personal_audit_entries", "personal_audit_links"]) {
    for (const sql of [
      `UPDATE ${table} SET ${table.endsWith("links") ? "seq = seq" : "reason = NULL"}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      await assert.rejects(superuser.query(sql), /only ever added to/, sql);
      if (!sql.startsWith("TRUNCATE")) {
        assert.equal((await owner.query(sql)).rowCount, 0, `${sql} as the owner, who sees no row`);
      } else await assert.rejects(owner.query(sql), /only ever added to|must be owner/, sql);
    }
  }
  await assert.rejects(
    superuser.query("UPDATE audit_chains SET seq = seq + 1"),
    /moves with its entries alone/,
  );
  await assert.rejects(superuser.query("DELETE FROM audit_chains"), /only ever added to/);
});

test("entries of one transaction are chained in their order; what is undone leaves no gap", async () => {
  await superuser.query("BEGIN");
  await add(11, GLOBEX);
  await superuser.query("SAVEPOINT half");
  await add(12, GLOBEX);
  await superuser.query("ROLLBACK TO half");
  await add(13, GLOBEX);
  await superuser.query("COMMIT");
  await superuser.query("BEGIN");
  await add(14, GLOBEX);
  await superuser.query("ROLLBACK");
  await add(15, GLOBEX);
  const { rows } = await superuser.query(
    "SELECT entry_id FROM audit_links WHERE tenant_id = $1 ORDER BY seq",
    [GLOBEX],
  );
  assert.deepEqual(
    rows.map((row) => row.entry_id),
    [entry(11), entry(13), entry(15)],
  );
  assert.equal(await verifyAudit(owner, { tenant: "chain-1" }, () => {}), 0);
});

test("writers of one tenant and many queue at its end without a gap or a deadlock, whatever else they lock", async () => {
  await superuser.query("CREATE TABLE locked (id int PRIMARY KEY, n int NOT NULL)");
  await superuser.query("INSERT INTO locked SELECT n, 0 FROM generate_series(0, 3) n");
  const insert = `INSERT INTO audit_entries (id, tenant_id, actor_type, actor_label, action, target_type, target_id, request_id)
    VALUES (gen_random_uuid(), $1, 'user', 'W', 'a', 'route', 'r', 'q')`;
  const writer = (n: number) =>
    withClient(database.superuserUrl, async (client) => {
      for (let round = 0; round < 25; round++) {
        const tenant = TENANTS[n % 2];
        await client.query("BEGIN");
        // Some write their entry before they lock a row, some after, some both.
        if (n % 3 !== 0) await client.query(insert, [tenant]);
        await client.query("UPDATE locked SET n = n + 1 WHERE id = $1", [n % 4 < 2 ? 0 : 1]);
        if (n % 3 !== 1) await client.query(insert, [tenant]);
        await client.query("COMMIT");
      }
    });
  await Promise.all(Array.from({ length: 8 }, (_, n) => writer(n)));
  assert.equal(await verifyAudit(owner, {}, () => {}), 0);
});

test("an entry of one tenant waits for no other tenant's", async () => {
  await superuser.query("BEGIN");
  await add(31, ACME);
  await superuser.query("SET CONSTRAINTS ALL IMMEDIATE"); // its end is locked from here on
  try {
    await withClient(database.superuserUrl, async (client) => {
      await client.query("SET lock_timeout = '2s'");
      const insert = `INSERT INTO audit_entries (id, tenant_id, actor_type, actor_label, action, target_type, target_id,
        request_id) VALUES (gen_random_uuid(), $1, 'user', 'W', 'a', 'route', 'r', 'q')`;
      await client.query(insert, [GLOBEX]);
      await assert.rejects(client.query(insert, [ACME]), { code: "55P03" });
    });
  } finally {
    await superuser.query("ROLLBACK");
  }
});

test("a chain of many batches is walked through, also while it grows", async () => {
  const many = (from: number, to: number) =>
    `INSERT INTO audit_entries (id, tenant_id, actor_type, actor_label, action, target_type, target_id, request_id)
     SELECT gen_random_uuid(), '${GLOBEX}', 'user', 'M', 'a', 'route', n::text, 'q' FROM generate_series(${from}, ${to}) n`;
  await superuser.query(many(1, 3_500));
  const growing = superuser.query(many(3_501, 6_000));
  const lines: string[] = [];
  assert.equal(await verifyAudit(owner, { tenant: "chain-1" }, (line) => lines.push(line)), 0);
  await growing;
  assert.equal(await verifyAudit(owner, { tenant: "chain-1" }, () => {}), 0);
});

test("a tenant that there is not is said, and what is no anchor is refused", async () => {
  await assert.rejects(
    verifyAudit(owner, { tenant: "nobody" }, () => {}),
    /There is no tenant "nobody"/,
  );
  const file = path.join(import.meta.dirname, "verify-audit.ts");
  await assert.rejects(
    verifyAudit(owner, { anchor: file }, () => {}),
    /is not a line of an anchor/,
  );
});
