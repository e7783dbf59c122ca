import assert from "node:assert/strict";
import type { lookup as systemLookup } from "node:dns";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { Agent, request } from "undici";
import { guardedConnect, publicOnly, type RefusedAddress } from "./guarded-connect.ts";

/** A resolver that gives these answers one after the other. */
function resolver(...answers: string[][]) {
  const asked: string[] = [];
  const lookup = ((name: string, _options: object, callback: (...args: unknown[]) => void) => {
    const addresses = answers[Math.min(asked.push(name), answers.length) - 1] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  }) as unknown as typeof systemLookup;
  return { asked, lookup };
}

const refusal = (error: RefusedAddress) => error.name === "RefusedAddress";

async function refused(url: string, dns = resolver()): Promise<void> {
  const connect = guardedConnect({ rule: publicOnly(false), timeoutMs: 1_000, lookup: dns.lookup });
  const agent = new Agent({ connect });
  await assert.rejects(request(url, { dispatcher: agent }), refusal, url);
  await agent.destroy();
}

test("an internal address is refused in every spelling before anything is connected to", async () => {
  for (const host of ["127.0.0.1", "[::1]", "169.254.169.254", "2130706433", "[::ffff:7f00:1]"]) {
    await refused(`http://${host}:1/`);
    await refused(`https://${host}:1/`);
  }
});

test("a name that leads inside is refused, also when it has a public address beside it", async () => {
  await refused("http://name.example/", resolver(["10.0.0.1"]));
  await refused("https://name.example/", resolver(["93.184.216.34", "127.0.0.1"]));
  await refused("http://name.example/", resolver(["::1"]));
  await refused("http://name.example/", resolver([]));
});

test("the connection goes to the address that was judged, whatever the name answers next", async () => {
  const server = createServer((_, res) => res.end("here"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  // 127.0.0.1 plays the public address; a second look-up would lead elsewhere.
  const dns = resolver(["127.0.0.1"], ["127.0.0.2"]);
  const rule = (address: string) => (address === "127.0.0.1" ? null : "no");
  const agent = new Agent({ connect: guardedConnect({ rule, timeoutMs: 1_000, lookup: dns.lookup }) });
  const { body } = await request(`http://rebinding.example:${port}/`, { dispatcher: agent });
  assert.equal(await body.text(), "here");
  assert.deepEqual(dns.asked, ["rebinding.example"]);
  await agent.destroy();
  server.close();
});
