import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import test, { after, before } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, testRoute } from "#tests/harness/gateway.ts";

const MEGABYTE = 1_048_576;
let sent = 0;
/** An upstream that sends for as long as somebody takes it. */
const endless = createServer((_, res) => {
  const chunk = Buffer.alloc(65_536, "x");
  const more = () => {
    do sent += chunk.length;
    while (res.write(chunk) && !res.destroyed && sent < 400 * MEGABYTE);
  };
  res.on("drain", more);
  more();
});
let fixture: GatewayFixture;
const sockets: Socket[] = [];
before(async () => {
  endless.listen(0, "127.0.0.1");
  await once(endless, "listening");
  fixture = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = (event) => ({ length: event.body?.length ?? 0 });" },
  });
  const acme = await fixture.tenant("acme");
  const target = { type: "function", function: "echo" } as const;
  const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
  const number = await fixture.publish(acme, [
    testRoute({ path: "/open", method: "ANY", target }),
    testRoute({ path: "/endless", target: { type: "http", url } }),
    testRoute({
      path: "/checked",
      method: "POST",
      target,
      maxBodyBytes: MEGABYTE,
      validation: { body: { type: "object" }, query: null },
    }),
  ]);
  await fixture.served(acme, number);
  await beSlow();
});
after(async () => {
  clearInterval(drip);
  for (const socket of sockets) socket.destroy();
  endless.closeAllConnections();
  endless.close();
  await fixture?.close();
});

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(fixture.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}
/** A hundred callers whose heads come line by line and never end, from before the first test to after the last. */
let slow: Socket[] = [];
let told = "";
let drip: NodeJS.Timeout;
async function beSlow(): Promise<void> {
  slow = await Promise.all([...Array(100)].map(open));
  for (const socket of slow) {
    socket.resume();
    socket.write("GET /gw/acme/open HTTP/1.1\r\nHost: a\r\n");
  }
  slow[0]?.setEncoding("utf8").on("data", (part: string) => {
    told += part;
  });
  drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write("X: y\r\n");
  }, 1_000);
}
async function servesQuickly(): Promise<void> {
  const began = performance.now();
  assert.equal((await fetch(`${fixture.url}/gw/acme/open`)).status, 200);
  assert.ok(performance.now() - began < 5_000);
}

test("hundreds of connections that say nothing, and bodies that stand still, hold up nobody", async () => {
  const idle = await Promise.all([...Array(300)].map(open));
  const waiting = await Promise.all([...Array(50)].map(open));
  for (const socket of waiting) {
    socket.resume();
    socket.write("POST /gw/acme/open HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
  }
  await servesQuickly();
  for (const socket of waiting) socket.end("x".repeat(96));
  await eventually("their answers", () => waiting.every((socket) => socket.closed));
  for (const socket of idle) socket.destroy();
});

test("a caller that does not read what it asked for holds the upstream back, not the answer in memory", async () => {
  const socket = await open();
  socket.pause();
  socket.write("GET /gw/acme/endless HTTP/1.1\r\nHost: a\r\n\r\n");
  await eventually("the upstream to have begun", () => sent > 0);
  let before = -1;
  await eventually("the upstream to be held back", async () => {
    const still = sent === before;
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return still;
  });
  assert.ok(sent < 64 * MEGABYTE, `${sent / MEGABYTE} MB are on their way`);
  await servesQuickly();
  socket.destroy();
});

test("a few bytes that unpack to a gigabyte are refused at the route's limit, in little time and memory", async () => {
  const brotli = brotliCompressSync(Buffer.alloc(100 * MEGABYTE, 32), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
  });
  const bombs = { gzip: gzipSync(Buffer.alloc(100 * MEGABYTE, 32)), br: brotli };
  for (const [encoding, bomb] of Object.entries(bombs)) {
    const before = process.memoryUsage().arrayBuffers;
    const answers = await Promise.all(
      [...Array(20)].map(() =>
        fetch(`${fixture.url}/gw/acme/checked`, {
          method: "POST",
          headers: { "Content-Type": "application/json", "Content-Encoding": encoding },
          body: bomb,
        }),
      ),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([413]), encoding);
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 64 * MEGABYTE, `${grown / MEGABYTE} MB`);
  }
});

test("thousands of requests leave no memory behind", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const round = async (count: number) => {
    for (let n = 0; n < count; n += 50) {
      const answers = await Promise.all([...Array(50)].map(() => fetch(`${fixture.url}/gw/acme/nowhere`)));
      await Promise.all(answers.map((response) => response.arrayBuffer()));
    }
    fixture.lines.length = 0;
    collect();
    return process.memoryUsage().heapUsed;
  };
  await round(400);
  const before = await round(200);
  const grown = (await round(1_200)) - before;
  assert.ok(grown < 12 * MEGABYTE, `${grown / MEGABYTE} MB more after 1,200 requests`);
});

test("callers whose heads never end are cut off after their time, and held up nobody", async () => {
  await eventually("the end of all of them", () => slow.every((socket) => socket.closed), 30_000);
  assert.match(told, /^HTTP\/1\.1 400 .*"code":"bad_request".*took too long/s);
  await servesQuickly();
});
