import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, testRoute } from "#tests/harness/gateway.ts";

const target = { type: "function", function: "echo" } as const;
let fixture: GatewayFixture;
let directory: string;

before(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), "deleted-tenant-")), "gateway");
  fixture = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = () => ({ ok: true });" },
    stateDirectory: directory,
  });
});
after(async () => {
  await fixture?.close();
  await rm(path.dirname(directory), { recursive: true, force: true });
});

/** Everything that the gateway keeps in files, as one text. */
async function keptText(): Promise<string> {
  const [name] = await readdir(directory);
  const folder = path.join(directory, name as string);
  const files = (await readdir(folder)).filter((each) => /^(rows|changes)-/.test(each));
  return (
    await Promise.all(files.map((each) => readFile(path.join(folder, each), "utf8").catch(() => "")))
  ).join("");
}

test("a deleted tenant's live routes, keyed, open and job-status alike, are 404 at once; restored, they answer as before; purged, no file knows them", async () => {
  const tenant = await fixture.tenant("leaving-tenant");
  const other = await fixture.tenant("staying-tenant");
  const routes = [
    testRoute({ path: "/open", target }),
    testRoute({ path: "/keyed", auth: { mode: "api-key" }, target }),
    testRoute({ path: "/jobs/:jobId", target: { type: "job-status" } }),
  ];
  const key = await fixture.mint(tenant);
  await fixture.served(tenant, await fixture.publish(tenant, routes));
  await fixture.served(other, await fixture.publish(other, [testRoute({ path: "/open", target })]));
  const answers = () =>
    Promise.all(
      ["/open", "/keyed", `/jobs/${tenant.id}`].map(async (at) => {
        const response = await fetch(`${fixture.url}/gw/leaving-tenant${at}`, {
          headers: { "x-api-key": key.key },
        });
        const body = (await response.json()) as { error?: { code: string } };
        return body.error?.code ?? response.status;
      }),
    );
  const inService = await answers();
  assert.deepEqual(inService.slice(0, 2), [200, 200]);
  assert.notEqual(inService[2], "tenant_not_found");

  const set = async (deletedAt: string) => {
    await fixture.pool.query(`UPDATE tenants SET deleted_at = ${deletedAt} WHERE id = $1`, [tenant.id]);
    await fixture.nudge();
  };
  await set("now()");
  await eventually("404", async () => (await answers()).every((code) => code === "tenant_not_found"), 1_500);
  assert.equal((await fetch(`${fixture.url}/gw/staying-tenant/open`)).status, 200);

  await set("NULL");
  await eventually("everything back", async () => (await answers()).join() === inService.join(), 1_500);

  await set("now() - interval '8 days'");
  await eventually("404 again", async () => (await answers())[0] === "tenant_not_found");
  assert.match(await keptText(), /leaving-tenant/, "it is kept until it is purged");
  for (let done = ""; done !== "purged"; ) {
    done = (await fixture.pool.query("SELECT purge_deleted_tenant(100) AS done")).rows[0].done;
    assert.notEqual(done, "idle");
  }
  await eventually("the files to forget it", async () => !(await keptText()).includes("leaving-tenant"));
  assert.match(await keptText(), /staying-tenant/);
  assert.equal((await fetch(`${fixture.url}/gw/staying-tenant/open`)).status, 200);
});
