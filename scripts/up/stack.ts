import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadSecrets, type Secrets } from "../data-directory.ts";
import { ensureOwnedDatabase, startEmbedded } from "../database/embedded.ts";
import { databaseLogins } from "../database/logins.ts";
import type { Login, Plane } from "../database/roles.ts";
import { checkDatabase, migrate } from "../migrate.ts";
import { StartFailure } from "../start-failure.ts";
import { Child } from "./child.ts";
import { planeProcess } from "./planes.ts";
import type { RunRecordFile } from "./run-record.ts";
import type { UpSettings } from "./settings.ts";
import { Supervised } from "./supervisor.ts";

type Say = (line: string) => void;

/** Everything that `npm run up` runs, in the order in which it was started; it stops in the opposite order. */
export class Stack {
  readonly #settings: UpSettings;
  readonly #record: RunRecordFile;
  readonly #say: Say;
  readonly #running: Supervised[] = [];
  #secrets: Secrets | undefined;
  #ownerUrl = "";
  #logins: Login[] = [];

  constructor(settings: UpSettings, record: RunRecordFile, say: Say) {
    this.#settings = settings;
    this.#record = record;
    this.#say = say;
  }

  /** The database is reachable, migrated, and has a user for each plane. */
  async startDatabase(): Promise<void> {
    const { databaseUrl, dataDirectory, postgresPort } = this.#settings;
    if (databaseUrl) await checkDatabase(databaseUrl);
    this.#secrets = await loadSecrets(dataDirectory);
    this.#ownerUrl = databaseUrl ?? (await this.#startEmbedded(this.#secrets, postgresPort ?? 0));
    const given = databaseUrl ? process.env : {};
    this.#logins = await databaseLogins(this.#ownerUrl, given);
    const applied = await migrate({ ownerUrl: this.#ownerUrl, logins: this.#logins });
    if (applied.length > 0)
      this.#say(`Applied ${applied.length === 1 ? "1 migration" : `${applied.length} migrations`}.`);
  }

  /** Console, gateway and worker answer. */
  async startPlanes(): Promise<void> {
    const planes: Plane[] = ["worker", "gateway", "console"];
    const started = await Promise.allSettled(planes.map((plane) => this.#startPlane(plane)));
    for (const [at, result] of started.entries()) {
      const plane = planes[at] ?? "worker";
      if (result.status === "fulfilled") this.#supervise(plane, result.value, () => this.#startPlane(plane));
    }
    for (const result of started) if (result.status === "rejected") throw result.reason;
  }

  /** Runs the demo seed when there is no demo yet; gives how to sign in, undefined without a demo. */
  async demo(): Promise<{ email: string; password: string } | undefined> {
    const { dataDirectory, seedDemo } = this.#settings;
    const file = path.join(dataDirectory, "demo.json");
    if (seedDemo && !(await readDemo(file))) {
      this.#say("Making the demo: tenants, routes, keys and some jobs …");
      await this.#runSeed();
    }
    const demo = await readDemo(file);
    return demo?.tenants?.acme?.users?.owner;
  }

  /** Where the database is, without the password. */
  get databaseAddress(): string {
    const url = new URL(this.#ownerUrl);
    url.password = "";
    return url.href;
  }

  /** Stops everything that was started, the last first. */
  async stop(): Promise<void> {
    const database = this.#running.filter((one) => one.name === "postgres");
    const byName = (name: string) => this.#running.filter((one) => one.name === name);
    for (const group of [byName("console"), [...byName("gateway"), ...byName("worker")], database]) {
      await Promise.all(group.map((one) => one.stop()));
    }
  }

  async #startEmbedded(secrets: Secrets, port: number): Promise<string> {
    const start = () =>
      startEmbedded({
        directory: this.#settings.dataDirectory,
        port,
        superuserPassword: secrets.superuser,
        logFile: this.#logFile("postgres"),
        say: this.#say,
        onSpawn: (pid) => this.#record.note("postgres", pid),
      });
    const server = await start();
    this.#supervise("postgres", server.child, async () => (await start()).child);
    return ensureOwnedDatabase(server.superuserUrl, secrets.owner);
  }

  async #startPlane(plane: Plane): Promise<Child> {
    const { consolePort, gatewayPort } = this.#settings;
    const port = plane === "console" ? consolePort : plane === "gateway" ? gatewayPort : 0;
    const databaseUrl = this.#logins.find((login) => login.plane === plane)?.url ?? "";
    return Child.start(
      planeProcess(plane, {
        databaseUrl,
        port,
        environment: this.#environment(),
        logFile: this.#logFile(plane),
      }),
      (pid) => this.#record.note(plane, pid),
    );
  }

  #environment(): Record<string, string> {
    const { dataDirectory, consoleUrl, gatewayUrl, consolePort, gatewayPort } = this.#settings;
    return {
      GATEHOUSE_DATA_DIR: dataDirectory,
      GATEHOUSE_SECRET: process.env.GATEHOUSE_SECRET || (this.#secrets?.session ?? ""),
      GATEHOUSE_ENCRYPTION_KEY: process.env.GATEHOUSE_ENCRYPTION_KEY || (this.#secrets?.encryption ?? ""),
      CONSOLE_URL: consoleUrl,
      GATEWAY_URL: gatewayUrl,
      CONSOLE_PORT: String(consolePort),
      GATEWAY_PORT: String(gatewayPort),
    };
  }

  #supervise(name: string, child: Child, start: () => Promise<Child>): void {
    this.#running.push(new Supervised(name, child, start, this.#say));
  }

  #logFile(name: string): string {
    return path.join(this.#settings.dataDirectory, "logs", `${name}.log`);
  }

  async #runSeed(): Promise<void> {
    const env: NodeJS.ProcessEnv = { ...process.env, ...this.#environment(), DATABASE_URL: this.#ownerUrl };
    for (const login of this.#logins) env[login.variable] = login.url;
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "../seed.ts")], {
      env,
      stdio: ["ignore", "inherit", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    if (code !== 0) throw new StartFailure(`The demo could not be made:\n${errors.trim()}`);
  }
}

type Demo = { tenants?: { acme?: { users?: { owner?: { email: string; password: string } } } } };

async function readDemo(file: string): Promise<Demo | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
