import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import test, { after, before } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, testRoute } from "#tests/harness/gateway.ts";
import { startGateway } from "#tests/harness/processes.ts";

let fixture: GatewayFixture;
before(async () => {
  fixture = await gatewayFixture({
    functions: {
      "slow.mjs": `export const handler = (event) =>
        new Promise((done) => setTimeout(done, Number(event.queryStringParameters.ms), { ok: true }));`,
    },
  });
  const acme = await fixture.tenant("acme");
  const number = await fixture.publish(acme, [
    testRoute({ path: "/slow", target: { type: "function", function: "slow" } }),
    testRoute({ path: "/keyed", auth: { mode: "api-key" }, target: { type: "function", function: "slow" } }),
  ]);
  await fixture.served(acme, number);
});
after(() => fixture.close());

type Outcome = { status: number } | { failed: string };

/** One request over an agent; the code of the error when there is no answer. */
function ask(url: string, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const asked = request(url, { agent }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0 }));
      response.on("error", (error: NodeJS.ErrnoException) => resolve({ failed: error.code ?? "cut" }));
    });
    asked.on("error", (error: NodeJS.ErrnoException) => resolve({ failed: error.code ?? error.message }));
    asked.end();
  });
}

test("SIGTERM under load loses no request behind a load balancer: kept connections and new ones, until /readyz says no", async () => {
  const gateway = await startGateway(fixture.database, {
    // Long enough for this process to hear of it also when it has to wait for a busy machine.
    environment: { FUNCTIONS_DIR: fixture.directory, FUNCTION_THREADS: "4", GATEWAY_STOP_DELAY_MS: "3000" },
  });
  const keyed = `${gateway.url}/gw/acme/keyed`;
  const outcomes: Outcome[] = [];
  let stopping = false;
  let closing = 0;

  let unready = false;
  const balancer = (async () => {
    while (!unready) {
      const ready = await fetch(`${gateway.url}/readyz`, { headers: { Connection: "close" } });
      unready = ready.status === 503;
      await ready.text();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();

  /** Asks again and again, as a load balancer that sends nothing new once it has heard that the gateway stops. */
  async function client(keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!unready) {
      const outcome = await ask(keyed, agent);
      outcomes.push(outcome);
      if (stopping) closing++;
      if ("failed" in outcome) break;
    }
    agent.destroy();
  }
  const clients = [...Array(12)].map((_, index) => client(index % 4 !== 0));
  await eventually("load", () => outcomes.length > 200);
  const slow = [...Array(4)].map(() => ask(`${gateway.url}/gw/acme/slow?ms=1500`, new Agent()));
  await new Promise((resolve) => setTimeout(resolve, 100)); // until they are under way
  stopping = true;
  process.kill(gateway.pid, "SIGTERM");
  const slowOutcomes = await Promise.all(slow);
  await Promise.all([...clients, balancer]);
  assert.deepEqual(
    new Set(slowOutcomes.map((outcome) => JSON.stringify(outcome))),
    new Set(['{"status":200}']),
  );
  assert.deepEqual(new Set(outcomes.map((outcome) => JSON.stringify(outcome))), new Set(['{"status":401}']));
  assert.ok(closing > 12, "it answered while it was stopping");
  assert.ok(await gateway.stop(), "it ended by itself");
});

test("a request whose body is still arriving when the gateway stops is answered, and told that the connection closes", async () => {
  const second = await fixture.start();
  const { hostname, port } = new URL(second.address);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  let received = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    received += part;
  });
  socket.write("GET /gw/acme/slow?ms=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const stopped = second.stop();
  socket.write("cd");
  await once(socket, "close");
  await stopped;
  assert.match(received, /^HTTP\/1\.1 200 .*Connection: close/s);
});
