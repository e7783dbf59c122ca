import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { promisify } from "node:util";
import { eventually } from "#tests/harness/eventually.ts";
import { functionsFixture } from "#tests/harness/functions.ts";

/** Runs each piece of code by itself and answers with what it gave, or the code of what it threw. */
const RUNS = `export const handler = async (pieces) => {
  const AsyncFunction = (async () => {}).constructor;
  const results = {};
  for (const [name, code] of Object.entries(pieces)) {
    try { results[name] = String(await new AsyncFunction(code)()); }
    catch (error) { results[name] = error.cause?.code ?? error.code ?? error.name + ": " + error.message; }
  }
  return results;
};`;
type Results = Record<string, string>;
const teardown: (() => unknown)[] = [];
const later = { after: (done: () => unknown) => void teardown.push(done) } as never;

let connections = 0;
let port: number;
before(async () => {
  const server = createServer((_, res) => res.end("reached"));
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  teardown.push(() => server.close());
});
after(async () => {
  for (const done of teardown) await done();
});

const ended = (make: string, events: string) =>
  `return new Promise((resolve, reject) => { const it = ${make}; it.on("error", reject); for (const name of ${events}) it.on(name, () => resolve("reached")); });`;
const waysOut = (host: string): Results => ({
  fetch: `return (await fetch("http://${host}:${port}")).status`,
  WebSocket: `return new Promise((resolve, reject) => { const it = new WebSocket("ws://${host}:${port}"); it.onopen = resolve; it.onerror = (event) => reject(event.error?.cause ?? event.error); })`,
  http: ended(`(await0.http).get("http://${host}:${port}")`, '["response"]'),
  https: ended(`(await0.https).get("https://${host}:${port}")`, '["response"]'),
  net: ended(`(await0.net).connect(${port}, "${host}")`, '["connect"]'),
  socket: ended(`new (await0.net).Socket().connect({ port: ${port}, host: "${host}" })`, '["connect"]'),
  tls: ended(`(await0.tls).connect(${port}, "${host}")`, '["secureConnect"]'),
  http2: ended(
    `(await0.http2).connect("http://${host}:${port}").on("error", () => {}).request({ ":path": "/" })`,
    '["response"]',
  ),
  "own lookup": ended(
    `(await0.net).connect({ port: ${port}, host: "name.example", lookup: (n, o, cb) => o.all ? cb(null, [{ address: "127.0.0.1", family: 4 }]) : cb(null, "127.0.0.1", 4) })`,
    '["connect"]',
  ),
  "a local socket": ended(`(await0.net).connect("/var/run/postgresql/.s.PGSQL.5432")`, '["connect"]'),
  "a handle of a server": `const { net } = await0; const s = net.createServer().listen(0); return s._handle.constructor.name`,
  "a server": `const { net } = await0; return net.createServer().listen(0).listening`,
  "a web server": `const { http } = await0; return http.createServer().listen(0).listening`,
  datagrams: `const { dgram } = await0; return new Promise((resolve, reject) => dgram.createSocket("udp4").send("x", 9, "${host}", (error) => error ? reject(error) : resolve("sent")))`,
  "another loader's net": `return new Promise((resolve, reject) => process.getBuiltinModule("net").connect(${port}, "${host}").on("error", reject).on("connect", () => resolve("reached")))`,
  "required net": `const require = process.getBuiltinModule("module").createRequire("/"); return new Promise((resolve, reject) => require("node:net").connect(${port}, "${host}").on("error", reject).on("connect", () => resolve("reached")))`,
  "put back": `const { net } = await0; try { net.Socket.prototype.connect = null } catch {} delete net.Socket.prototype.connect; return (await fetch("http://${host}:${port}")).status`,
  bindings: `return process.binding("tcp_wrap").TCP.name`,
});
/** The builtin modules that a piece uses, imported as a handler's file would. */
const PRELUDE = `import * as dgram from "node:dgram";
  import * as dns from "node:dns"; import { lookup } from "node:dns/promises";import * as http from "node:http"; import * as http2 from "node:http2"; import * as https from "node:https"; import * as net from "node:net";
  import * as tls from "node:tls"; 

  globalThis.await0 = { http: http.default, https: https.default, net: net.default, tls: tls.default,
    http2: http2.default, dgram: dgram.default, dns: dns.default, lookup, named: net };\n`;

test("with FUNCTIONS_NETWORK=none, as it is by default, nothing leads out, and nobody is even asked for a name", async () => {
  const { call } = await functionsFixture(later, { "runs.mjs": PRELUDE + RUNS });
  const before = connections;
  const results = (await call("runs", {
    ...waysOut("127.0.0.1"),
    "a named import": `return new Promise((resolve, reject) => await0.named.connect(${port}, "127.0.0.1").on("error", reject).on("connect", () => resolve("reached")))`,
    "looking up": `return new Promise((resolve, reject) => await0.dns.lookup("localhost", (error, found) => error ? reject(error) : resolve(found)))`,
    resolving: `return new Promise((resolve, reject) => new await0.dns.Resolver().resolve4("example.com", (error, found) => error ? reject(error) : resolve(found)))`,
    "looking up by name": `return (await await0.lookup("localhost")).address`,
  })) as Results;
  const odd = Object.entries(results).filter(([, result]) => result !== "ERR_FUNCTION_NETWORK");
  assert.deepEqual(Object.fromEntries(odd), {
    WebSocket: "TypeError: ",
    bindings: "ERR_ACCESS_DENIED",
  });
  assert.equal(connections, before);
});

test("with FUNCTIONS_NETWORK=public no way leads inside, whatever the address is written like", async () => {
  const { call } = await functionsFixture(later, { "runs.mjs": PRELUDE + RUNS }, { network: "public" });
  const before = connections;
  for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"]) {
    const results = (await call("runs", waysOut(host))) as Results;
    const reached = Object.entries(results).filter(([, result]) =>
      /^(?:reached|200|true|sent|TCP|1)$/.test(result),
    );
    assert.deepEqual(reached, [], host);
    assert.equal(results.fetch, "ERR_FUNCTION_NETWORK", host);
    assert.equal(results.net, host.startsWith("[") ? results.net : "ERR_FUNCTION_NETWORK", host);
  }
  assert.equal(connections, before);
});

test("with FUNCTIONS_NETWORK=public a handler reaches public addresses by every way, and a name that leads elsewhere too is refused", async (t) => {
  // A network of the test's own, in which 9.9.9.9 is this machine.
  const own = async (then: string) => {
    const setUp = "ip link set lo up && ip addr add 9.9.9.9/32 dev lo";
    return await promisify(execFile)("unshare", ["-m", "-n", "sh", "-c", `${setUp} && ${then}`]);
  };
  const possible = await own("true").then(
    () => true,
    () => false,
  );
  if (!possible) return t.skip("a network of its own cannot be made here");
  const { directory, write } = await functionsFixture(later, {
    "asks.mjs": `import http from "node:http"; import net from "node:net";
      const tried = (make) => new Promise((resolve, reject) => make(resolve, reject)).catch((e) => e.cause?.code ?? e.code);
      export const handler = async (port) => ({
        address: await tried((done, no) => fetch("http://9.9.9.9:" + port).then((r) => done(r.status), no)),
        name: await tried((done, no) => fetch("http://public.example:" + port).then((r) => done(r.status), no)),
        http: await tried((done, no) => http.get("http://public.example:" + port, (r) => done(r.resume().statusCode)).on("error", no)),
        net: await tried((done, no) => { const s = net.connect(port, "public.example", () => { s.destroy(); done("connected"); }).on("error", no); }),
        both: await tried((done, no) => fetch("http://both.example:" + port).then((r) => done(r.status), no)),
        inside: await tried((done, no) => http.get("http://inside.example:" + port, done).on("error", no)),
      });`,
  });
  await write(
    "inside/hosts",
    "9.9.9.9 public.example\n9.9.9.9 both.example\n127.0.0.1 both.example\n10.0.0.1 inside.example\n",
  );
  await write(
    "inside/program.mjs",
    `import { createServer } from "node:http";
     import { createFunctionsHost } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
     const server = createServer((_, res) => res.end("reached"));
     await new Promise((done) => server.listen(0, "9.9.9.9", done));
     const quiet = () => {};
     const host = createFunctionsHost({ directory: ${JSON.stringify(directory)}, maxThreads: 1, memoryLimitMb: 32,
       network: "public", logger: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
     const context = { requestId: "r", tenantId: "t", tenant: "acme" };
     console.log(JSON.stringify(await host.run("asks", server.address().port, context, 30_000)));
     await host.close();
     process.exit();`,
  );
  const inside = path.join(directory, "inside");
  const { stdout } = await own(
    `mount --bind '${inside}/hosts' /etc/hosts && '${process.execPath}' '${inside}/program.mjs'`,
  );
  assert.deepEqual(JSON.parse(stdout), {
    address: 200,
    name: 200,
    http: 200,
    net: "connected",
    both: "ERR_FUNCTION_NETWORK",
    inside: "ERR_FUNCTION_NETWORK",
  });
});

test("with FUNCTIONS_NETWORK=all a handler reaches what its machine reaches", async () => {
  const { call } = await functionsFixture(
    later,
    { "asks.mjs": `export const handler = async (url) => (await fetch(url)).text();` },
    { network: "all" },
  );
  assert.equal(await call("asks", `http://127.0.0.1:${port}`), "reached");
});

test("a handler reads its own folder and the packages above it, and touches no other file or process", async () => {
  const secret = path.join(tmpdir(), `secret-${process.pid}.json`);
  await writeFile(secret, "{}");
  process.env.FUNCTIONS_TEST_SECRET = "hunter2";
  const { call, directory } = await functionsFixture(later, {
    "runs.mjs": `import { shared } from "./inside/shared.mjs"; globalThis.shared = shared;\n${RUNS}`,
    "inside/shared.mjs": "export const shared = 'shared';",
    "inside/text.txt": "text",
  });
  const fs = `const fs = process.getBuiltinModule("fs");`;
  const results = (await call("runs", {
    "an import": "return shared",
    "a file of its own": `${fs} return fs.readFileSync(${JSON.stringify(path.join(directory, "inside/text.txt"))}, "utf8")`,
    "a secret": `${fs} return fs.readFileSync(${JSON.stringify(secret)}, "utf8")`,
    "a way round": `${fs} return fs.readFileSync(${JSON.stringify(path.join(directory, "..", path.basename(secret)))}, "utf8")`,
    "the gateway's settings": `${fs} return fs.readFileSync("/proc/" + process.ppid + "/environ", "utf8")`,
    "its own process's settings": `${fs} return fs.readFileSync("/proc/self/environ", "utf8")`,
    "the folder above": `${fs} return fs.readdirSync(${JSON.stringify(tmpdir())})`,
    "a promise": `return process.getBuiltinModule("fs/promises").readFile(${JSON.stringify(secret)})`,
    writing: `${fs} return fs.writeFileSync(${JSON.stringify(path.join(directory, "new.mjs"))}, "")`,
    "a link": `${fs} return fs.symlinkSync(${JSON.stringify(secret)}, ${JSON.stringify(path.join(directory, "link"))})`,
    "a database": `return new (process.getBuiltinModule("node:sqlite").DatabaseSync)(":memory:")`,
    "a command": `return process.getBuiltinModule("child_process").execSync("id")`,
    "a debugger": `return process.getBuiltinModule("inspector").open(0)`,
    "a module of its own kind": `return process.dlopen({ exports: {} }, "/x.node")`,
    WASI: `return new (process.getBuiltinModule("wasi").WASI)({ version: "preview1", preopens: { "/": "/" } })`,
    environment: "return JSON.stringify(process.env)",
    report: "return JSON.stringify(process.report.getReport().environmentVariables)",
    "another process": "return process.kill(process.ppid, 0)",
    priority: `return process.getBuiltinModule("os").setPriority(process.ppid, 19)`,
    folder: `return process.chdir("/")`,
  })) as Results;
  const {
    "an import": imported,
    "a file of its own": own,
    environment,
    report,
    folder,
    ...refused
  } = results;
  assert.deepEqual([imported, own], ["shared", "text"]);
  for (const said of [environment, report]) assert.doesNotMatch(said ?? "", /hunter2|DATABASE_URL|GATEHOUSE/);
  assert.equal(folder, "ERR_WORKER_UNSUPPORTED_OPERATION");
  const native = refused["a module of its own kind"];
  assert.equal(native, "ERR_DLOPEN_DISABLED");
  const let_ = Object.entries(refused).filter(
    ([, result]) => !/^ERR_(?:ACCESS_DENIED|DLOPEN_DISABLED)$/.test(result),
  );
  assert.deepEqual(let_, []);
});

test("a host that is killed takes its processes along, busy or not", async () => {
  const { directory } = await functionsFixture(later, {
    "busy.mjs": `export const handler = () => { console.log("pid", process.pid); for (;;); };`,
  });
  const program = `import { createFunctionsHost } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const say = (fields) => fields.output && console.log(fields.output);
    const logger = { debug: say, info: say, warn: say, error: say };
    const host = createFunctionsHost({ directory: ${JSON.stringify(directory)}, maxThreads: 1, memoryLimitMb: 32, logger });
    await host.run("busy", null, { requestId: "r", tenantId: "t", tenant: "acme" }, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  const pid = Number(/pid (\d+)/.exec(String(text))?.[1]);
  assert.ok(process.kill(pid, 0));
  child.kill("SIGKILL");
  await eventually("the end of its process", () => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  });
});
