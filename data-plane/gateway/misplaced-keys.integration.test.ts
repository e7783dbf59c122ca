import assert from "node:assert/strict";
import { request } from "node:http";
import test, { after, before } from "node:test";
import { formatCredential } from "#lib/contract/credential.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestTenant, testRoute } from "#tests/harness/gateway.ts";

const hello = { type: "function", function: "hello" } as const;

let fixture: GatewayFixture;
let tenant: TestTenant;
let key: string;

before(async () => {
  fixture = await gatewayFixture({
    functions: { "hello.mjs": "export const handler = async () => ({ ok: true });" },
  });
  tenant = await fixture.tenant("misplaced");
  const routes = [
    testRoute({ target: hello, path: "/keyed", auth: { mode: "api-key" } }),
    testRoute({ target: hello, path: "/open" }),
  ];
  await fixture.served(tenant, await fixture.publish(tenant, routes));
  ({ key } = await fixture.mint(tenant));
});
after(() => fixture.close());

/** Sends exactly these headers, names repeated as they are. */
function send(path: string, headers: string[]): Promise<{ status: number; body: string }> {
  const { host } = new URL(fixture.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      `${fixture.url}/gw/misplaced${path}`,
      { headers: ["Host", host, ...headers] },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => {
          body += text;
        });
        response.on("end", () => resolve({ status: response.statusCode as number, body }));
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}

test("a key in the query is refused, beside a good header and on an open route too, and told to nobody", async () => {
  const placed = [`?api_key=${key}`, `?a=1&b=x${key}y`, `?${key}`, `?gh_gh_${key}=1`];
  for (const query of placed) {
    for (const [path, headers] of [
      [`/keyed${query}`, []],
      [`/keyed${query}`, ["X-Api-Key", key]],
      [`/open${query}`, []],
    ] as const) {
      const { status, body } = await send(path, [...headers]);
      assert.equal(status, 400, path.replaceAll(key, "KEY"));
      assert.match(body, /must not be in the address/);
      assert.ok(!body.includes(key));
    }
  }
  assert.equal((await send(`/keyed?note=gh_${"a".repeat(49)}`, ["X-Api-Key", key])).status, 200);
});

test("a key that is sent twice, or two keys in one header, are refused", async () => {
  assert.equal((await send("/keyed", ["X-Api-Key", key, "x-api-key", key])).status, 400);
  const other = formatCredential("apiKey", new Uint8Array(32).fill(9));
  assert.equal((await send("/keyed", ["X-Api-Key", key, "X-API-KEY", other])).status, 400);
  for (const joined of [`${key}, ${key}`, `${key} ${key}`, `Bearer ${key}`, `${key}=`]) {
    assert.equal((await send("/keyed", ["X-Api-Key", joined])).status, 401);
  }
  assert.equal((await send("/keyed", ["X-Api-Key", key])).status, 200);
});

test("none of it is in a log line or in what is kept of refusals", async () => {
  const kept = await eventually("the refusals", async () => {
    const { rows } = await fixture.pool.query("SELECT * FROM refusals WHERE tenant_id = $1", [tenant.id]);
    return rows.length >= 10 && rows;
  });
  const everything = JSON.stringify(kept) + JSON.stringify(fixture.lines);
  assert.ok(!everything.includes(key));
  assert.ok(!everything.includes(key.slice(10, 40)));
});
