"use client";
import { useEffect, useState } from "react";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { CHAIN_PART_EVERY_MS } from "#lib/audit-log/rules.ts";
import type { ChainCheck } from "#lib/audit-log/schema.ts";

type State = { part: ChainCheck | null; at: number; error: unknown };

const count = (number: number) => number.toLocaleString("en");
const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Recomputes the chain part by part from the first entry on, for as long as this is shown. */
function useChainCheck(tenant: string): State {
  const [state, setState] = useState<State>({ part: null, at: 0, error: null });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const run = async () => {
      let after = 0;
      while (!signal.aborted) {
        const next = performance.now() + CHAIN_PART_EVERY_MS;
        try {
          const part = await api.get<ChainCheck>(
            `/tenants/${encodeURIComponent(tenant)}/audit/verification`,
            {
              query: { after },
              signal,
            },
          );
          setState({ part, at: Date.now(), error: null });
          if (part.done) return;
          after = part.verifiedTo;
          await wait(next - performance.now(), signal);
        } catch (error) {
          if (signal.aborted) return;
          const limited = error instanceof ApiError && error.status === 429;
          if (!limited) return setState((before) => ({ ...before, error }));
          await wait((error.retryAfter ?? 5) * 1_000, signal);
        }
      }
    };
    void run();
    return () => controller.abort();
  }, [tenant]);
  return state;
}

/** Says what has really been recomputed, and nothing more than that. */
export function ChainCheckPanel({ tenant }: { tenant: string }) {
  const { part, at, error } = useChainCheck(tenant);
  if (error) return <ErrorNotice error={error} />;
  return (
    <div className="mb-4" role="status">
      {!part ? (
        <Notice>Recomputing the chain from its first entry …</Notice>
      ) : part.flaw ? (
        <Notice tone="bad" title={`Entry ${count(part.flaw.seq)} ${part.flaw.what}`}>
          Somebody changed the log past Gatehouse.{" "}
          {part.flaw.seq > 1
            ? `Up to entry ${count(part.flaw.seq - 1)}
          everything is as it was written.`
            : null}{" "}
          Whoever runs the installation finds out more with{" "}
          <code className="font-mono">npm run verify-audit</code>.
        </Notice>
      ) : part.done ? (
        <Notice title={`Verified up to entry ${count(part.verifiedTo)}`}>
          Every entry is as it was written, none is missing: recomputed here <RelativeTime at={at} />. That
          nobody cut off the end and its record is shown by{" "}
          <code className="font-mono">npm run verify-audit</code> with an anchor.
        </Notice>
      ) : (
        <Notice>
          Recomputed {count(part.verifiedTo)} of {count(part.end)} entries …
        </Notice>
      )}
    </div>
  );
}
