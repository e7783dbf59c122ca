import { FunctionError, type FunctionsHost, type PipelineContext } from "#data-plane/functions-host/index.ts";
import { type AttemptLog, createAttemptLog } from "./attempt-log.ts";
import type { ClaimedJob } from "./ledger.ts";
import { type EndedAttempt, failed, succeeded, workerLost } from "./outcome.ts";
import type { Settler } from "./settler.ts";

type Run = {
  job: ClaimedJob;
  controller: AbortController;
  log: AttemptLog;
  abandoned: boolean;
  done: Promise<void>;
};

/** Runs claimed jobs in the functions host and hands their endings to the settler. */
export function createRunner(options: {
  host: FunctionsHost;
  workerId: string;
  settler: Settler;
  /** A slot is free again. */
  onFree: () => void;
  /** A run ended that no longer counts, and it had written something. */
  onAbandoned: (job: ClaimedJob, log: string) => void;
}) {
  const { host, workerId, settler, onFree, onAbandoned } = options;
  const runs = new Set<Run>();
  /** Attempts whose lease must be kept: running, and ended but not yet recorded. */
  const held = new Set<ClaimedJob>();
  const settling = new Set<Promise<void>>();

  async function ending(run: Run): Promise<EndedAttempt> {
    const { job, controller, log } = run;
    const { id: jobId, input, tenant, tenantId, routeId, revision, apiKeyId } = job;
    const requestId = job.requestId ?? jobId;
    const attempt = job.attempt - job.stepBase;
    const maxAttempts = job.maxAttempts - job.stepBase;
    // The event is what was enqueued and nothing around it, so a handler reads the same whether a route calls it or
    // enqueues it; what only a job has is in the context.
    const called = { requestId, tenantId, tenant, routeId, revision, apiKeyId, jobId, attempt, maxAttempts };
    const pipeline = pipelineContext(job);
    const context = pipeline ? { ...called, pipeline } : called;
    const event = pipeline && pipeline.step > 1 ? pipeline.results.at(-1) : input;
    try {
      const value = await host.run(job.function, event, context, job.timeoutMs, controller.signal, log.add);
      return succeeded(job, workerId, value);
    } catch (error) {
      if (error instanceof FunctionError && error.kind === "aborted") {
        return failed(job, workerId, workerLost("The worker was stopped before this attempt ended."), "lost");
      }
      return failed(job, workerId, error);
    }
  }

  async function execute(run: Run): Promise<void> {
    const ended = await ending(run);
    const logs = run.log.stored();
    runs.delete(run);
    if (run.abandoned) {
      held.delete(run.job);
      if (logs) onAbandoned(run.job, logs);
    } else {
      const settled = settler.settle({ ...ended, logs }).then(() => {
        held.delete(run.job);
        settling.delete(settled);
        onFree();
      });
      settling.add(settled);
    }
    onFree();
  }

  return {
    running: () => runs.size,
    held: () => [...held],
    run(job: ClaimedJob): void {
      const run: Run = {
        job,
        controller: new AbortController(),
        log: createAttemptLog(),
        abandoned: false,
        done: Promise.resolve(),
      };
      runs.add(run);
      held.add(job);
      run.done = execute(run);
    },
    /** Ends an attempt that was cancelled or whose lease another worker has; what became of it no longer counts. */
    abandon({ id, attempt }: { id: string; attempt: number }): void {
      for (const run of runs) {
        if (run.job.id !== id || run.job.attempt !== attempt) continue;
        run.abandoned = true;
        run.controller.abort();
      }
    },
    /** Waits up to `graceMs` for running jobs, gives the rest back, and waits until every ending is recorded. */
    async drain(graceMs: number): Promise<void> {
      const timer = setTimeout(() => {
        for (const run of runs) run.controller.abort();
      }, graceMs);
      await Promise.all([...runs].map((run) => run.done));
      clearTimeout(timer);
      let limit: NodeJS.Timeout | undefined;
      const longest = new Promise<void>((resolve) => {
        limit = setTimeout(resolve, LAST_WRITE_MS);
      });
      await Promise.race([Promise.all(settling), longest]);
      clearTimeout(limit);
    },
  };
}

/** What a step knows of the pipeline it is part of; undefined for a plain job. */
function pipelineContext({ steps, step, input, stepResults }: ClaimedJob): PipelineContext | undefined {
  return step === null ? undefined : { step: step + 1, steps, input, results: stepResults ?? [] };
}

/** With the database away a stopping worker gives up writing after this long; the leases run out by themselves. */
const LAST_WRITE_MS = 5_000;
