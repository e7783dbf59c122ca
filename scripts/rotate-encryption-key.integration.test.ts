import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import pg from "pg";
import { SEALED_COLUMNS } from "#lib/secrets/sealed-columns.ts";
import {
  issuerSecretBinding,
  openSecret,
  readKeyring,
  sealSecret,
  totpSecretBinding,
  webhookSecretBinding,
} from "#lib/secrets/sealed-secret.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestTenant, testRoute } from "#tests/harness/gateway.ts";
import { AUDIENCE, goodClaims, signWithSecret } from "#tests/harness/issuer.ts";
import { rotateEncryptionKey } from "./rotate-encryption-key.ts";
import { reseal } from "./secrets/reseal.ts";

const setting = () => randomBytes(32).toString("base64");
const [OLD, NEW, LOST] = [setting(), setting(), setting()];
const old = readKeyring(OLD);
const both = readKeyring(`${NEW},${OLD}`);
const onlyNew = readKeyring(NEW);
/** More than two batches. */
const ISSUERS = 230;
const secretOf = (at: number) => `shared-secret-number-${at}-0123456789abcdef`;
const target = { type: "function", function: "echo" } as const;

const options = {
  keyring: both,
  pluggable: true,
  stateDirectory: "",
  functions: { "echo.mjs": "export const handler = () => ({ ok: true });" },
};
let directory: string;
let fixture: GatewayFixture;
let acme: TestTenant;
let owner: pg.Client;
const tokens: string[] = [];
const webhooks: { id: string; secret: string; previous: string }[] = [];
let person: string;

before(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "gatehouse-rotation-"));
  options.stateDirectory = path.join(directory, "gateway");
  fixture = await gatewayFixture(options);
  owner = new pg.Client({ connectionString: fixture.database.ownerUrl });
  await owner.connect();
  acme = await fixture.tenant("acme");
  await fixture.served(
    acme,
    await fixture.publish(acme, [
      testRoute({ path: "/t", auth: { mode: "bearer" }, rateLimit: null, target }),
    ]),
  );
  for (let at = 0; at < ISSUERS; at++) {
    const id = randomUUID();
    const sealed = sealSecret(old, Buffer.from(secretOf(at)), issuerSecretBinding(acme.id, id));
    await fixture.pool.query(
      `INSERT INTO issuers (id, tenant_id, name, iss, audiences, kind, secret, secret_key_id, algorithms, created_by_label)
       VALUES ($1, $2, 'test', $3, $4, 'secret', $5, $6, '{HS256}', 'test')`,
      [id, acme.id, `https://issuer-${at}.example`, [AUDIENCE], Buffer.from(sealed.sealed), sealed.keyId],
    );
    if (at % 10 === 0)
      tokens.push(await signWithSecret(secretOf(at), goodClaims({ iss: `https://issuer-${at}.example` })));
  }
  for (let at = 0; at < 3; at++) {
    const [id, secret, previous] = [randomUUID(), `webhook-${at}`, `webhook-before-${at}`];
    const seal = (text: string) => sealSecret(old, Buffer.from(text), webhookSecretBinding(acme.id, id));
    await fixture.pool.query(
      `INSERT INTO webhook_endpoints (id, tenant_id, kind, url, events, secret, secret_key_id, previous_secret,
         previous_secret_key_id, previous_until, created_by_label)
       VALUES ($1, $2, 'signed', 'https://x.example', '{job.dead}', $3, $4, $5, $4, now(), 'test')`,
      [id, acme.id, Buffer.from(seal(secret).sealed), old[0]?.id, Buffer.from(seal(previous).sealed)],
    );
    webhooks.push({ id, secret, previous });
  }
  person = randomUUID();
  await fixture.pool.query(
    "INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'p@example.com', 'P', '')",
    [person],
  );
  const factor = sealSecret(old, Buffer.from("totp"), totpSecretBinding(person));
  await fixture.pool.query(
    "INSERT INTO totp_factors (user_id, confirmed, secret, secret_key_id) VALUES ($1, true, $2, $3)",
    [person, Buffer.from(factor.sealed), factor.keyId],
  );
  await fixture.nudge();
});
after(async () => {
  await owner?.end();
  await fixture?.close();
  await rm(directory, { recursive: true, force: true });
});

async function ask(token: string, url = fixture.url): Promise<number> {
  const answer = await fetch(`${url}/gw/acme/t`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}
const firstToken = () => tokens[0] as string;

/** How many secrets each key has sealed, over all columns, as the database has it. */
async function sealedBy(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, keyId } of SEALED_COLUMNS) {
    const { rows } = await fixture.pool.query<{ key: string; count: number }>(
      `SELECT ${keyId} AS key, count(*)::int AS count FROM ${table} WHERE ${keyId} IS NOT NULL GROUP BY 1`,
    );
    for (const { key, count } of rows) counts[key] = (counts[key] ?? 0) + count;
  }
  return counts;
}

/** How often the gateways' files name a key. */
async function keptUnder(keyId: string): Promise<number> {
  const files = await readdir(options.stateDirectory, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) => readFile(path.join(file.parentPath, file.name), "latin1")),
  );
  return texts.join("").split(keyId).length - 1;
}

async function run(args: string[], encryptionKey: string) {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, "rotate-encryption-key.ts"), ...args],
    {
      env: {
        ...process.env,
        DATABASE_URL: fixture.database.ownerUrl,
        GATEHOUSE_ENCRYPTION_KEY: encryptionKey,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, output };
}

test("the owner sees no sealed secret unless it takes on the role for it, and that role sees nothing else", async () => {
  assert.equal((await owner.query("SELECT FROM issuers")).rowCount, 0);
  await owner.query("SET ROLE gatehouse_resealer");
  try {
    for (const sql of [
      "SELECT name FROM issuers",
      "SELECT url FROM webhook_endpoints",
      "SELECT FROM users",
      "DELETE FROM totp_factors",
      "UPDATE issuers SET enabled = true",
    ]) {
      await assert.rejects(owner.query(sql), { code: "42501" }, sql);
    }
  } finally {
    await owner.query("RESET ROLE");
  }
});

test("a key that is not the one that sealed is named, not shown; nothing is changed and the end says failure", async () => {
  const before = await sealedBy();
  const { code, output } = await run([], LOST);
  assert.equal(code, 1);
  assert.match(output, /another GATEHOUSE_ENCRYPTION_KEY \([0-9a-f]{16}\)/);
  assert.match(output, /under a key that is not in the setting/);
  for (const key of [OLD, NEW, LOST]) assert.equal(output.includes(key), false);
  assert.deepEqual(await sealedBy(), before);
  const nonsense = await run([], "not-a-key-at-all");
  assert.equal(nonsense.code, 1);
  assert.match(nonsense.output, /must be 32 random bytes/);
  assert.doesNotMatch(nonsense.output, /not-a-key-at-all/);
});

test("replacing the key while tokens are verified refuses none of them, also when it is ended half-way and run again", async () => {
  await eventually("the gateway to know the issuers", async () => (await ask(firstToken())) === 200);
  const statuses = new Map<number, number>();
  let running = true;
  const load = Array.from({ length: 4 }, async (_, lane) => {
    for (let at = lane; running; at++) {
      const status = await ask(tokens[at % tokens.length] as string);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  try {
    // The end of the process in the middle of its work: what was committed stays, the rest is as it was.
    const ended = reseal(owner, SEALED_COLUMNS, both, () => {
      throw new Error("ended");
    });
    await assert.rejects(ended, /ended/);
    const halfway = await sealedBy();
    assert.ok((halfway[both[0]?.id ?? ""] ?? 0) > 0 && (halfway[old[0]?.id ?? ""] ?? 0) > 100);

    const lines: string[] = [];
    assert.equal(await rotateEncryptionKey(owner, both, { check: false }, (line) => lines.push(line)), 0);
    assert.deepEqual(await sealedBy(), { [both[0]?.id ?? ""]: ISSUERS + 2 * webhooks.length + 1 });
    assert.match(lines.join("\n"), /Nothing is sealed with any other key/);
    const again: string[] = [];
    await rotateEncryptionKey(owner, both, { check: false }, (line) => again.push(line));
    assert.match(again[0] ?? "", /^0 secrets sealed again/);
    // Past the moment when the gateway has read the new form.
    for (const token of tokens) assert.equal(await ask(token), 200);
  } finally {
    running = false;
    await Promise.all(load);
  }
  assert.deepEqual([...statuses.keys()], [200]);
  assert.ok((statuses.get(200) ?? 0) > 20, "there was load");
});

test("afterwards the new key alone opens everything, in the database and in what a gateway keeps in files", async () => {
  const opened = async (sql: string, binding: string) => {
    const { rows } = await fixture.pool.query<{ sealed: Buffer; keyId: string }>(sql);
    return openSecret(onlyNew, rows[0] as { sealed: Buffer; keyId: string }, binding).toString();
  };
  for (const { id, secret, previous } of webhooks) {
    const from = `FROM webhook_endpoints WHERE id = '${id}'`;
    const binding = webhookSecretBinding(acme.id, id);
    assert.equal(await opened(`SELECT secret AS sealed, secret_key_id AS "keyId" ${from}`, binding), secret);
    assert.equal(
      await opened(`SELECT previous_secret AS sealed, previous_secret_key_id AS "keyId" ${from}`, binding),
      previous,
    );
  }
  const factor = `SELECT secret AS sealed, secret_key_id AS "keyId" FROM totp_factors WHERE user_id = '${person}'`;
  assert.equal(await opened(factor, totpSecretBinding(person)), "totp");
  options.keyring = onlyNew;
  const fresh = await fixture.start();
  for (const token of tokens) assert.equal(await ask(token, fresh.address), 200);
  await eventually(
    "the files to hold the new form",
    async () => (await keptUnder(onlyNew[0]?.id ?? "")) >= ISSUERS,
  );
  await fixture.plug?.pull();
  const fromFiles = await fixture.start();
  for (const token of tokens) assert.equal(await ask(token, fromFiles.address), 200);
  await fixture.plug?.insert();
});

test("--check changes nothing and tells which key has sealed how much", async () => {
  const before = await sealedBy();
  const { code, output } = await run(["--check"], `${OLD},${NEW}`);
  assert.equal(code, 1);
  assert.match(output, /issuers\.secret: 230 secrets under an older key/);
  assert.match(output, /keep the older ones in the setting/);
  assert.deepEqual(await sealedBy(), before);
});
