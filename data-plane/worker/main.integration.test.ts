import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld } from "../../tests/harness/jobs.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

let world: JobsWorld;
before(async () => {
  world = await jobsWorld();
});
after(() => world.close());

function launch(overrides: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...world.database.environment, FUNCTIONS_DIR: world.functions, ...overrides },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    text += chunk;
  });
  return { child, output: () => text };
}

test("the process says that it is ready, runs a job, and on SIGTERM drains and exits 0", async () => {
  const { child, output } = launch({ WORKER_CONCURRENCY: "2" });
  const exited = once(child, "exit");
  await eventually("worker ready", () => output().includes('{"msg":"worker ready"}'));
  const jobId = await world.enqueue("slow", { input: { ms: 300 } });
  await world.reaches(jobId, "running");
  child.kill("SIGTERM");
  assert.deepEqual(await exited, [0, null]);
  assert.equal((await world.job(jobId)).state, "succeeded");
});

for (const [what, overrides, said] of [
  ["a wrong password", { WORKER_DATABASE_URL: "postgresql://gatehouse_test_worker:wrong@HOST" }, /password/],
  [
    "no database in reach",
    { WORKER_DATABASE_URL: "postgresql://a:b@127.0.0.1:1/c" },
    /cannot reach PostgreSQL/,
  ],
  ["no address", { WORKER_DATABASE_URL: "" }, /WORKER_DATABASE_URL is not set/],
  ["a silly concurrency", { WORKER_CONCURRENCY: "many" }, /WORKER_CONCURRENCY must be/],
] as const) {
  test(`${what} is one clear sentence and exit code 1`, async () => {
    const { host, pathname } = new URL(world.database.workerUrl);
    const { child, output } = launch(
      Object.fromEntries(
        Object.entries(overrides).map(([name, value]) => [name, value.replace("HOST", `${host}${pathname}`)]),
      ),
    );
    assert.deepEqual(await once(child, "exit"), [1, null]);
    assert.match(output(), said);
    assert.equal(output().trim().split("\n").length, 1, output());
  });
}
