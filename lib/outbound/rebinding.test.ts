import assert from "node:assert/strict";
import type { lookup as systemLookup } from "node:dns";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { Agent, request } from "undici";
import { guardedConnect } from "./guarded-connect.ts";

/** 127.0.0.1 plays a public address, every other one is inside. */
const rule = (address: string) => (address === "127.0.0.1" ? null : "inside");
let port: number;
let connections = 0;
const server = createServer((req, res) => {
  if (req.url === "/inside") res.writeHead(302, { location: `http://127.0.0.2:${port}/` });
  res.end("public");
});
server.on("connection", () => connections++);
before(async () => {
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
after(() => server.close());

/** A name that answers what the test says at the moment. */
function name(addresses: { now: string[] }) {
  let asked = 0;
  const lookup = ((_name: string, _options: object, callback: (...args: unknown[]) => void) => {
    asked++;
    callback(
      null,
      addresses.now.map((address) => ({ address, family: 4 })),
    );
  }) as unknown as typeof systemLookup;
  const agent = new Agent({
    connect: guardedConnect({ rule, timeoutMs: 1_000, lookup }),
    keepAliveTimeout: 60_000,
    connections: 1,
  });
  const get = async (path = "/") => {
    const { statusCode, body } = await request(`http://name.example:${port}${path}`, { dispatcher: agent });
    await body.text();
    return statusCode;
  };
  return { get, agent, asked: () => asked };
}

test("a name that was public and is now inside: the kept connection stays where it was judged, a new one is refused", async () => {
  const addresses = { now: ["127.0.0.1"] };
  const { get, agent, asked } = name(addresses);
  assert.equal(await get(), 200);
  addresses.now = ["127.0.0.2"];
  assert.equal(await get(), 200);
  assert.equal(asked(), 1, "nobody asked for the name again");
  server.closeAllConnections();
  await assert.rejects(
    async () => {
      await get();
      await get(); // the first may find the connection that was just closed
    },
    (error: Error) => error.name === "RefusedAddress" || error.name === "SocketError",
  );
  await assert.rejects(get(), { name: "RefusedAddress" });
  await agent.destroy();
});

test("a name that changes with every answer never leads inside, however often it is asked", async () => {
  const addresses = { now: ["127.0.0.1"] };
  const before = connections;
  let reached = 0;
  for (let n = 0; n < 20; n++) {
    addresses.now = n % 2 === 0 ? ["127.0.0.1"] : ["127.0.0.1", "127.0.0.2"];
    const { get, agent } = name(addresses);
    await get().then(
      () => reached++,
      (error: Error) => assert.equal(error.name, "RefusedAddress"),
    );
    await agent.destroy();
  }
  assert.equal(reached, 10);
  assert.equal(connections - before, 10, "nothing was even connected to");
});

test("a redirect is an answer like any other, and nobody goes where it points", async () => {
  const { get, agent, asked } = name({ now: ["127.0.0.1"] });
  assert.equal(await get("/inside"), 302);
  assert.equal(asked(), 1);
  await agent.destroy();
});
