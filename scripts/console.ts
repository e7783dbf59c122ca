import next from "next";
import { outliveLostOutput } from "./console/lost-output.ts";
import { createConsoleServer } from "./console/server.ts";
import { consoleSettings } from "./console/settings.ts";
import { reportFailure } from "./start-failure.ts";

outliveLostOutput();
const dev = process.argv.includes("--dev");
const host = process.env.HOST ?? "127.0.0.1";
const settings = readSettings();
const { port, notices } = settings;
// next-auth would take its own address from the request where one of these is set.
for (const name of ["AUTH_TRUST_HOST", "VERCEL"]) delete process.env[name];

function readSettings() {
  try {
    return consoleSettings(process.env, dev);
  } catch (error) {
    process.exit(reportFailure(error));
  }
}

let sender: { stop: () => Promise<void> } | null = null;
let expiry: { stop: () => Promise<void> } | null = null;
let purge: { stop: () => Promise<void> } | null = null;

const app = next({ dev, dir: process.cwd(), hostname: host, port });
await app.prepare();
const handle = app.getRequestHandler();

const server = createConsoleServer(handle, { ...settings, dev });

server.on("error", (error: NodeJS.ErrnoException) => {
  const reason =
    error.code === "EADDRINUSE"
      ? `Port ${port} is taken: stop what uses it, or set CONSOLE_PORT to another one.`
      : `The console cannot listen on ${host}:${port} (${error.code}).`;
  console.error(reason);
  process.exit(1);
});
server.listen(port, host, () => {
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  console.log(JSON.stringify({ msg: "console ready", address: `http://${host}:${bound}` }));
  void import("#lib/support/commands.ts").then(({ startSupportExpiry }) => {
    expiry = startSupportExpiry({ log: (line) => console.log(JSON.stringify(line)) });
  });
  void import("#lib/tenants/commands.ts").then(({ startTenantPurge }) => {
    purge = startTenantPurge({ log: (line) => console.log(JSON.stringify(line)) });
  });
  // Nothing of it is loaded where no mail can be sent.
  if (notices) {
    void import("#lib/notices/commands.ts").then(({ startKeyNotices }) => {
      sender = startKeyNotices({ ...notices, log: (line) => console.log(JSON.stringify(line)) });
    });
  }
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    const quiet = Promise.all([sender?.stop(), expiry?.stop(), purge?.stop()]);
    server.close(() => void quiet.finally(() => process.exit(0)));
    server.closeIdleConnections();
    // Keep-alive connections of browsers would hold the process for as long as their pages are open.
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
}
