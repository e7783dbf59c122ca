import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { type GatewayFixture, gatewayFixture, testRoute } from "../../tests/harness/gateway.ts";

let asked = 0;
const inside = createServer((_req, res) => {
  asked++;
  res.end("internal");
});
let fixture: GatewayFixture;
let port: number;

before(async () => {
  inside.listen(0, "127.0.0.1");
  await once(inside, "listening");
  port = (inside.address() as AddressInfo).port;
  fixture = await gatewayFixture({ functions: {}, allowInternalUpstreams: false });
});
after(async () => {
  await fixture.close();
  inside.close();
});

test("nothing that a tenant names leads inside the network, by number or by name", async () => {
  const acme = await fixture.tenant("acme");
  const hosts = ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"];
  const routes = hosts.flatMap((host, index) => [
    testRoute({ path: `/http/${index}`, target: { type: "http", url: `http://${host}:${port}` } }),
    testRoute({
      path: `/lambda/${index}`,
      target: {
        type: "lambda",
        functionName: "f",
        endpoint: `http://${host}:${port}`,
        region: "eu-central-1",
      },
    }),
  ]);
  process.env.AWS_ACCESS_KEY_ID = "AKIDEXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "an-example-secret";
  await fixture.served(acme, await fixture.publish(acme, routes));
  for (const { path } of routes) {
    const response = await fetch(`${fixture.url}/gw/acme${path}`);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    assert.equal(`${response.status} ${error.code}`, "502 target_error", path);
    assert.doesNotMatch(error.message, /127|local|inside/);
  }
  assert.equal(asked, 0);
});
