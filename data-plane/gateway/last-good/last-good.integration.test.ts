import assert from "node:assert/strict";
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { KEY_AT, KEY_BYTES } from "#data-plane/sql/keys.ts";
import { eventually } from "#tests/harness/eventually.ts";
import {
  type GatewayFixture,
  gatewayFixture,
  type TestKey,
  type TestTenant,
  testRoute,
} from "#tests/harness/gateway.ts";
import { decodeRecords } from "./records.ts";
import { type Rows, unpackKeys } from "./rows.ts";

const target = { type: "function", function: "echo" } as const;
const keyed = () => testRoute({ path: "/keyed", auth: { mode: "api-key" }, target });
let fixture: GatewayFixture;
let directory: string;
let acme: TestTenant;
let globex: TestTenant;
let good: TestKey;
let revoked: TestKey;
let limited: TestKey;

before(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), "last-good-")), "gateway");
  fixture = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = () => ({ ok: true });" },
    pluggable: true,
    stateDirectory: directory,
  });
  acme = await fixture.tenant("acme");
  globex = await fixture.tenant("globex");
  good = await fixture.mint(acme);
  revoked = await fixture.mint(acme);
  limited = await fixture.mint(acme, { authorizedRequests: [] });
  await fixture.served(acme, await fixture.publish(acme, [keyed()]));
  await fixture.served(globex, await fixture.publish(globex, [testRoute({ path: "/open", target })]));
  await fixture.revoke(revoked);
  await kept(revoked.id);
});
after(async () => {
  await fixture?.close();
  await rm(path.dirname(directory), { recursive: true, force: true });
});

async function folder(): Promise<string> {
  const [name] = await readdir(directory);
  return path.join(directory, name as string);
}
const fileNames = async () => (await readdir(await folder())).filter((name) => /^(rows|changes)-/.test(name));
async function allText(): Promise<string> {
  const inside = await folder();
  const texts = await Promise.all(
    (await fileNames()).map((name) => readFile(path.join(inside, name), "utf8")),
  );
  return texts.join("");
}
/** The keys of which the files say that they have ended, by id without dashes. */
async function endedKeys(): Promise<Set<string>> {
  const inside = await folder();
  const ended = new Set<string>();
  for (const name of await fileNames()) {
    const kind = name.startsWith("rows") ? "rows" : "changes";
    for (const { keys } of decodeRecords<Rows>(kind, await readFile(path.join(inside, name))).records) {
      const { bytes } = unpackKeys(keys ?? { bytes: "", more: [] });
      for (let at = 0; at < bytes.length; at += KEY_BYTES) {
        if (Number.isNaN(bytes.readDoubleBE(at + KEY_AT.revokedAt))) continue;
        ended.add(bytes.toString("hex", at + KEY_AT.id, at + KEY_AT.tenant));
      }
    }
  }
  return ended;
}
const hasEnded = async (keyId: string) => (await endedKeys()).has(keyId.replaceAll("-", ""));
/** Resolves once the files say that this key has ended. */
const kept = (keyId: string) => eventually("the files to know of the change", () => hasEnded(keyId));

/** Starts a second gateway while the database is away, and asks it. */
async function withoutDatabase(ask: (url: string, metrics: string) => Promise<void>): Promise<void> {
  await fixture.plug?.pull();
  try {
    const gateway = await fixture.start();
    try {
      await ask(gateway.address, gateway.metricsAddress as string);
    } finally {
      await gateway.stop();
    }
  } finally {
    await fixture.plug?.insert();
  }
  await eventually("the first gateway to be back", async () => {
    const { rows } = await fixture.pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND application_name = $2",
      [fixture.database.name, "gatehouse-gateway-changes"],
    );
    return rows.length > 0;
  });
}
const answerOf = async (url: string, key?: TestKey): Promise<string> => {
  const response = await fetch(url, { headers: key ? { "X-Api-Key": key.key } : {} });
  const body = (await response.json()) as { error?: { code: string } };
  return `${response.status} ${body.error?.code ?? "ok"}`;
};

test("a gateway that starts without the database serves what was served last", async () => {
  const unseen = await fixture.mint(acme, { quietly: true });
  await withoutDatabase(async (url, metrics) => {
    const ready = await fetch(`${url}/readyz`);
    assert.equal(ready.status, 200);
    assert.equal(await ready.text(), "ok, from files\n");
    assert.match(
      await (await fetch(`${metrics}/metrics`)).text(),
      /^gatehouse_gateway_serving_from_files 1$/m,
    );
    assert.equal(await answerOf(`${url}/gw/globex/open`), "200 ok");
    assert.equal(await answerOf(`${url}/gw/acme/keyed`, good), "200 ok");
    assert.equal(await answerOf(`${url}/gw/acme/keyed`, limited), "403 request_not_authorized");
    assert.equal(await answerOf(`${url}/gw/acme/keyed`, revoked), "401 revoked_api_key");
    assert.equal(
      await answerOf(`${url}/gw/acme/keyed`, unseen),
      "503 unavailable",
      "never 401 because it cannot know",
    );
    assert.equal(await answerOf(`${url}/gw/acme/keyed`), "401 missing_credentials");
    assert.equal(await answerOf(`${url}/gw/nobody/keyed`), "404 tenant_not_found");
  });
});

test("it takes over what the database says as soon as it is back, without a failed request", async () => {
  await fixture.plug?.pull();
  const gateway = await fixture.start();
  const url = gateway.address;
  const late = await fixture.mint(acme);
  const number = await fixture.publish(acme, [keyed(), testRoute({ path: "/fresh", target })]);
  await fixture.plug?.insert();
  await eventually("the new revision", async () => {
    assert.equal(await answerOf(`${url}/gw/globex/open`), "200 ok");
    return (await answerOf(`${url}/gw/acme/fresh`)) === "200 ok";
  });
  assert.equal(await (await fetch(`${url}/readyz`)).text(), "ok\n");
  assert.equal(await answerOf(`${url}/gw/acme/keyed`, late), "200 ok");
  await eventually("the acknowledgement", async () => {
    const { rows } = await fixture.pool.query(
      "SELECT 1 FROM acknowledgements WHERE instance_id = $1 AND tenant_id = $2 AND revision = $3",
      [gateway.instanceId, acme.id, number],
    );
    return rows.length === 1;
  });
  await gateway.stop();
});

test("only the gateway's own user can read the files, and they hold no key", async () => {
  const inside = await folder();
  const mode = async (name: string) => (await stat(name)).mode & 0o777;
  assert.equal(await mode(directory), 0o700);
  assert.equal(await mode(inside), 0o700);
  for (const name of await fileNames()) assert.equal(await mode(path.join(inside, name)), 0o600, name);
  const revisions = path.join(inside, "revisions");
  for (const name of await readdir(revisions)) assert.equal(await mode(path.join(revisions, name)), 0o600);
  assert.ok(!(await allText()).includes(good.key));
});

test("a publish writes its revision and a line, not everything again", async () => {
  await eventually("the writer to be in step", async () => {
    const gone = await fixture.mint(acme);
    await fixture.revoke(gone);
    return await eventually("its end", () => hasEnded(gone.id), 500).catch(() => false);
  });
  const inside = await folder();
  const sizes = async () => {
    let rows = "";
    let changes = 0;
    for (const name of await fileNames()) {
      if (name.startsWith("rows-")) rows = `${name} ${(await stat(path.join(inside, name))).mtimeMs}`;
      else changes = (await stat(path.join(inside, name))).size;
    }
    return { rows, changes };
  };
  const before = await sizes();
  const number = await fixture.publish(globex, [
    testRoute({ path: "/open", target }),
    testRoute({ path: "/more", target }),
  ]);
  await eventually("a line", async () =>
    new RegExp(`"slug":"globex",[^}]*"number":${number},`).test(await allText()),
  );
  const now = await sizes();
  assert.equal(now.rows, before.rows);
  assert.ok(now.changes > before.changes && now.changes - before.changes < 4_096, String(now.changes));
});

test("what is torn, damaged or of another version is named and left out, and the rest is served", async () => {
  const inside = await folder();
  const changes = path.join(
    inside,
    (await fileNames()).find((name) => name.startsWith("changes-")) as string,
  );
  await appendFile(changes, 'AAAA {"keys":{"of":["x');
  await writeFile(path.join(inside, "rows-999999"), "gatehouse-last-good 99 rows\nx\n");
  const revisions = path.join(inside, "revisions");
  const names = await readdir(revisions);
  const texts = await Promise.all(names.map((name) => readFile(path.join(revisions, name), "utf8")));
  const spoiled = names.filter((_, index) => texts[index]?.includes('"/keyed"'));
  for (const name of spoiled) await appendFile(path.join(revisions, name), " ");
  fixture.lines.length = 0;
  await withoutDatabase(async (url) => {
    assert.equal(await answerOf(`${url}/gw/globex/open`), "200 ok");
    assert.equal(
      await answerOf(`${url}/gw/acme/keyed`, good),
      "503 unavailable",
      "whose routes are lost cannot be decided",
    );
  });
  const named = fixture.lines
    .filter(({ level }) => level === "error")
    .map(({ file, message }) => `${file}: ${message}`);
  const has = (pattern: RegExp) =>
    assert.ok(
      named.some((each) => pattern.test(each)),
      `${pattern} in\n${named.join("\n")}`,
    );
  has(/^changes-\d+: a last-known-good file is damaged/);
  has(/^rows-999999: a last-known-good file is ignored/);
  has(/^revisions\/[0-9a-f]{64}: a last-known-good file is ignored/);
  await rm(path.join(inside, "rows-999999"), { force: true });
});

test("of two gateways one writes, and the other lets it", async () => {
  const inside = await folder();
  const second = await fixture.start();
  const holder = await readFile(path.join(inside, "writer"), "utf8");
  await second.stop();
  assert.equal(
    await readFile(path.join(inside, "writer"), "utf8"),
    holder,
    "who does not write does not let go either",
  );
});

test("a folder that cannot be written costs a line in the log and nothing else", {
  skip: process.getuid?.() === 0 && process.platform === "win32",
}, async () => {
  const blocked = path.join(path.dirname(directory), "blocked");
  await writeFile(blocked, "");
  await chmod(blocked, 0o600);
  const other = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = () => ({ ok: true });" },
    stateDirectory: blocked,
  });
  try {
    const tenant = await other.tenant("acme");
    await other.served(tenant, await other.publish(tenant, [testRoute({ path: "/open", target })]));
    assert.equal(await answerOf(`${other.url}/gw/acme/open`), "200 ok");
    const complaint = () =>
      other.lines.filter(({ message }) => message.startsWith("last-known-good files cannot"));
    await eventually("a word about it", () => complaint().length === 1);
    const metrics = await (await fetch(`${other.gateway.metricsAddress}/metrics`)).text();
    assert.match(metrics, /^gatehouse_gateway_files_failing 1$/m);
    await other.served(tenant, await other.publish(tenant, [testRoute({ path: "/open", target })]));
    assert.equal(complaint().length, 1);
  } finally {
    await other.close();
  }
});
