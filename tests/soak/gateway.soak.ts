import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAllowed, type KeyEntry } from "./gateway/allowed.ts";
import { soakInstallation } from "./gateway/installation.ts";
import { watchMemory } from "./gateway/memory.ts";
import { createTraffic } from "./gateway/traffic.ts";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 60);
const CALLERS = Number(process.env.SOAK_CALLERS ?? 16);
const KEYS = 20;
const CHANGE_EVERY_MS = 700;
const KILL_WORKER_EVERY_MS = 20_000;
const RESTART_DATABASE_EVERY_MS = 45_000;
/** Shorter runs end before a gateway's memory has settled, so they only tell. */
const MEMORY_COUNTS_FROM_MINUTES = 20;
const JOBS_END_WITHIN_MS = 180_000;

test(`${MINUTES} minutes of traffic, publishes, revocations, PostgreSQL crashes and killed workers: no wrong, lost or doubled answer, flat memory`, async (t) => {
  const installation = await soakInstallation();
  const allowed = createAllowed();
  const traffic = createTraffic(installation, allowed);
  const happened = { publishes: 0, revocations: 0, databaseCrashes: 0, workersKilled: 0 };
  const until = performance.now() + MINUTES * 60_000;
  const going = () => performance.now() < until;

  async function addKey(): Promise<void> {
    const { key, xid } = await installation.mint();
    await installation.confirmed(xid);
    allowed.addKey(key);
  }
  async function publishOnce(): Promise<void> {
    const number = installation.published() + 1;
    allowed.beginRevision(number);
    await installation.confirmed(await installation.publish());
    allowed.endRevision(number);
    happened.publishes++;
  }
  async function revokeOnce(entry: KeyEntry): Promise<void> {
    allowed.beginRevoke(entry);
    await installation.confirmed(await installation.revoke(entry.key));
    allowed.endRevoke(entry);
    happened.revocations++;
  }
  async function every(ms: number, work: () => Promise<void>): Promise<void> {
    while (going()) {
      await sleep(ms * (0.5 + Math.random()));
      if (going()) await work();
    }
  }

  try {
    for (let count = 0; count < KEYS; count++) await addKey();
    await publishOnce();
    const memory = watchMemory(installation.pids, 2_000);
    traffic.start(CALLERS);
    await Promise.all([
      every(CHANGE_EVERY_MS, publishOnce),
      every(CHANGE_EVERY_MS, async () => {
        const oldest = allowed.oldestActive();
        if (oldest && allowed.keyCount() >= KEYS) await revokeOnce(oldest);
        await addKey();
      }),
      every(KILL_WORKER_EVERY_MS, async () => {
        // A worker that comes while the database is away ends, as it should; another is tried.
        await installation.replaceWorker(happened.workersKilled++).catch(() => undefined);
      }),
      every(RESTART_DATABASE_EVERY_MS, async () => {
        traffic.databaseIs(true);
        await installation.restartDatabase(500 + Math.random() * 4_000);
        happened.databaseCrashes++;
        await sleep(2_000);
        traffic.databaseIs(false);
      }),
      every(60_000, async () => t.diagnostic(JSON.stringify({ ...happened, wrong: traffic.wrong() }))),
    ]);
    await traffic.stop();
    const taken = memory.stop();
    const unfinished = await installation.unfinishedJobs(JOBS_END_WITHIN_MS);
    const states = await installation.jobStates(traffic.jobs);
    const jobs = { accepted: traffic.jobs.length, states, unfinished };
    const answers = Object.fromEntries([...traffic.counts].sort());
    t.diagnostic(JSON.stringify({ minutes: MINUTES, ...happened, answers, jobs, memoryMb: taken }, null, 2));
    assert.deepEqual(traffic.violations, [], `${traffic.wrong()} wrong answers`);
    assert.equal(jobs.unfinished, 0, "every job ends");
    assert.equal(states["not in the ledger"] ?? 0, 0, "every job that was accepted is there");
    // A worker that is killed five times under the same job uses its attempts up; more than a few would be another cause.
    assert.ok((states.succeeded ?? 0) >= jobs.accepted * 0.99, "the jobs that were accepted are done");
    assert.ok(
      happened.publishes > MINUTES && happened.revocations > MINUTES,
      "enough happened to mean something",
    );
    for (const { early, late } of MINUTES < MEMORY_COUNTS_FROM_MINUTES ? [] : taken) {
      assert.ok(late <= early * 1.15 + 20, `memory grew from ${early} to ${late} MB`);
    }
  } finally {
    await installation.close();
  }
});
