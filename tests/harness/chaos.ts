import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { TenantActor } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { startRequeue } from "#lib/dead-letters/commands.ts";
import { type EmbeddedServer, startEmbedded } from "#scripts/database/embedded.ts";
import { freePort } from "#scripts/up/settings.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { eventually } from "./eventually.ts";
import { type InterruptibleProxy, interruptibleProxy } from "./interruptible-proxy.ts";
import { type JobsWorld, jobsWorld } from "./jobs.ts";

const WORKER = fileURLToPath(new URL("./soak-worker.ts", import.meta.url));
const WORKERS = 2;

/** Each tells the counter where it is as its first act; `steady` also takes its time, to be met in the middle. */
const HANDLERS: Record<string, string> = {
  steady:
    "await begin(); await pause(event.ms ?? 100); return { step: context.pipeline?.step ?? 1, ms: event.ms ?? 100 };",
  shaky:
    "await begin(); await pause(20); if (context.attempt === 1) throw new Error('the first time it fails'); return 'done';",
  doomed: "await begin(); throw new Error('it always fails');",
};
const handler = (body: string, counter: string) => `
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  export const handler = async (event, context) => {
    const begin = () => fetch("${counter}", { method: "POST", body: JSON.stringify(
      { job: context.jobId, step: context.pipeline?.step ?? 1 }) }).then((answer) => answer.text());
    ${body}
  };`;

/** What happened to the jobs of a chaos run, for the test to judge. */
export type ChaosReport = {
  rounds: Record<string, number>;
  enqueued: number;
  /** By state, at the end. */
  states: Record<string, number>;
  /** Jobs that were accepted and are not in the ledger, or are in it twice. */
  lost: number;
  attempts: number;
  lostAttempts: number;
  requeued: number;
  /** Jobs of which a handler began the same step more than once without having failed in between. */
  ranAgain: number;
  /** Of those, runs that no attempt in the ledger tells of: their claim was forgotten in a crash of PostgreSQL. */
  untold: number;
  /** Steps of pipelines that began after the step behind them had. */
  stepsRunAgain: number;
  /** Attempts that read as running at the end, and dispatches that are left over. */
  openAttempts: number;
  leftInQueue: number;
  repairs: Record<string, number>;
};

type Begun = { job: string; step: number };

/** Tries again until it succeeds: the database is away now and then. */
async function persist<T>(what: string, work: () => Promise<T>): Promise<T> {
  let last: unknown;
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    try {
      return await work();
    } catch (error) {
      last = error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`could not ${what}`, { cause: last });
}

class Victim {
  #process: ChildProcess | null = null;
  readonly #proxy: InterruptibleProxy;
  readonly #functions: string;

  constructor(proxy: InterruptibleProxy, functions: string) {
    this.#proxy = proxy;
    this.#functions = functions;
  }

  start(): void {
    this.#process = spawn(process.execPath, [WORKER, this.#proxy.url, this.#functions], { stdio: "ignore" });
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async cutFor(ms: number): Promise<void> {
    this.#proxy.interrupt();
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#proxy.resume();
  }

  async end(): Promise<void> {
    await this.kill();
    await this.#proxy.close();
  }
}

const DISASTERS = [
  "kill a worker",
  "cut a worker's connections",
  "restart PostgreSQL",
  "crash PostgreSQL",
] as const;

/**
 * Runs jobs, pipelines and bulk requeues through `rounds` of disasters on a PostgreSQL of its own: a worker killed, its
 * connections cut, PostgreSQL restarted, PostgreSQL crashed. Then lets everything come to its end and reports.
 */
export async function runChaos(rounds: number, say: (line: string) => void = () => {}): Promise<ChaosReport> {
  const directory = await mkdtemp(path.join(tmpdir(), "gatehouse-chaos-"));
  await chmod(directory, 0o711);
  let server: EmbeddedServer = await startEmbedded({
    directory,
    port: await freePort(),
    superuserPassword: "throwaway",
  });
  process.env.TEST_DATABASE_SERVER_URL = server.superuserUrl;
  const begun: Begun[] = [];
  const counter = createServer((req, res) => {
    let text = "";
    req.on("data", (chunk) => {
      text += chunk;
    });
    req.on("end", () => {
      begun.push(JSON.parse(text));
      res.end("ok");
    });
  }).listen(0, "127.0.0.1");
  await once(counter, "listening");
  const address = `http://127.0.0.1:${(counter.address() as AddressInfo).port}`;

  const world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  const actor = await person(world);
  for (const [name, body] of Object.entries(HANDLERS)) {
    await writeFile(path.join(world.functions, `${name}.mjs`), handler(body, address));
  }
  const victims = await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      return new Victim(await interruptibleProxy(world.database.workerUrl), world.functions);
    }),
  );
  const accepted: string[] = [];
  /** Asked for again under the same key until somebody says yes, as a careful client does. */
  const enqueue = async (name: string, overrides: Parameters<JobsWorld["enqueue"]>[1] = {}) => {
    const job = {
      maxAttempts: 100,
      timeoutMs: 20_000,
      idempotencyKey: uuidv7(),
      routeId: uuidv7(),
      ...overrides,
    };
    accepted.push(await persist("enqueue", () => world.enqueue(name, job)));
  };
  const happened: Record<string, number> = {};
  let requeued = 0;

  async function requeueDead(): Promise<void> {
    const dead = await persist("look for dead jobs", async () => {
      const { rows } = await world.superuser.query("SELECT id FROM jobs WHERE state = 'dead' LIMIT 50");
      return rows.map((row) => row.id as string);
    });
    if (dead.length === 0) return;
    await startRequeue(actor, {
      ids: dead,
      reason: "chaos",
      ratePerMinute: 60_000,
      canary: null,
      stopAfter: null,
    }).then(
      () => {
        requeued += dead.length;
      },
      () => {}, // the database is away, or one of an earlier answer that got lost is started already
    );
  }

  async function strike(disaster: (typeof DISASTERS)[number], victim: Victim): Promise<void> {
    happened[disaster] = (happened[disaster] ?? 0) + 1;
    if (disaster === "kill a worker") {
      await victim.kill();
      victim.start();
    } else if (disaster === "cut a worker's connections") {
      await victim.cutFor(400);
    } else {
      if (disaster === "crash PostgreSQL") process.kill(server.child.pid, "SIGQUIT");
      await server.child.stop();
      server = await server.restart();
    }
  }

  try {
    for (const victim of victims) victim.start();
    for (let round = 0; round < rounds; round++) {
      const disaster = DISASTERS[round % DISASTERS.length] as (typeof DISASTERS)[number];
      const work = [
        ...Array.from({ length: 8 }, (_, n) => enqueue("steady", { input: { ms: 20 * n } })),
        ...Array.from({ length: 3 }, () => enqueue("shaky")),
        ...Array.from({ length: 3 }, () => enqueue("doomed", { maxAttempts: 1 })),
        ...Array.from({ length: 3 }, () =>
          enqueue("steady", { steps: ["steady", "shaky", "steady"], input: { ms: 60 } }),
        ),
      ];
      const before = begun.length;
      await eventually("work to be under way", () => begun.length > before, 60_000);
      const requeue = requeueDead();
      await strike(disaster, victims[round % WORKERS] as Victim);
      await Promise.all([...work, requeue]);
      say(`round ${round + 1} of ${rounds}: ${disaster}; ${begun.length} runs begun`);
    }
    await eventually(
      "every job to come to its end",
      () =>
        world.superuser
          .query(
            `SELECT (SELECT count(*) FROM jobs WHERE state IN ('queued', 'running', 'retrying'))
               + (SELECT count(*) FROM dead_letter_runs WHERE state = 'running') AS open`,
          )
          .then(
            ({ rows }) => Number(rows[0].open) === 0,
            () => false,
          ),
      300_000,
    );
    return { ...(await judge(world, accepted, begun)), rounds: happened, requeued };
  } finally {
    await Promise.all(victims.map((victim) => victim.end()));
    await closeDatabase();
    await world.close();
    counter.close();
    await server.child.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function person(world: JobsWorld): Promise<TenantActor> {
  const userId = uuidv7();
  const email = `${userId}@people.example`;
  await world.superuser.query("INSERT INTO users (id, email, name) VALUES ($1, $2, 'Somebody')", [
    userId,
    email,
  ]);
  return {
    userId,
    email,
    name: "Somebody",
    isOperator: false,
    proof: sessionProof(),
    requestId: uuidv7(),
    ip: "127.0.0.1",
    tenant: { id: world.tenantId, slug: "acme", name: "Acme", role: "owner" },
  };
}

async function judge(
  { superuser }: JobsWorld,
  accepted: readonly string[],
  begun: readonly Begun[],
): Promise<Omit<ChaosReport, "rounds" | "requeued">> {
  const rows = async (text: string) => (await superuser.query(text)).rows;
  const counts = async (text: string) =>
    Object.fromEntries((await rows(text)).map((row) => [row.name as string, Number(row.n)]));
  const one = async (text: string) => Number((await rows(text))[0].n);
  const known = new Set((await rows("SELECT id FROM jobs")).map((row) => row.id as string));
  const attempts = await rows("SELECT job_id, COALESCE(step, 0) + 1 AS step, outcome FROM job_attempts");
  const told = new Map<string, { all: number; failed: number }>();
  for (const { job_id, step, outcome } of attempts) {
    const entry = told.get(`${job_id} ${step}`) ?? { all: 0, failed: 0 };
    entry.all++;
    if (outcome === "failed") entry.failed++;
    told.set(`${job_id} ${step}`, entry);
  }
  const runs = new Map<string, number>();
  const furthest = new Map<string, number>();
  let stepsRunAgain = 0;
  for (const { job, step } of begun) {
    runs.set(`${job} ${step}`, (runs.get(`${job} ${step}`) ?? 0) + 1);
    if (step < (furthest.get(job) ?? 0)) stepsRunAgain++;
    furthest.set(job, Math.max(step, furthest.get(job) ?? 0));
  }
  const again = new Set<string>();
  let untold = 0;
  for (const [key, count] of runs) {
    const { all = 0, failed = 0 } = told.get(key) ?? {};
    if (count > failed + 1) again.add(key.split(" ")[0] as string);
    untold += Math.max(0, count - all);
  }
  return {
    enqueued: accepted.length,
    states: await counts("SELECT state AS name, count(*) AS n FROM jobs GROUP BY state"),
    lost: accepted.filter((id) => !known.has(id)).length + Math.abs(known.size - new Set(accepted).size),
    attempts: attempts.length,
    lostAttempts: attempts.filter((attempt) => attempt.outcome === "lost").length,
    ranAgain: again.size,
    untold,
    stepsRunAgain,
    openAttempts: attempts.filter((attempt) => attempt.outcome === "running").length,
    leftInQueue: await one("SELECT count(*) AS n FROM pgboss.job"),
    repairs: await counts("SELECT kind AS name, sum(count) AS n FROM job_repairs GROUP BY kind"),
  };
}
