"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { absoluteText, relativeText } from "./relative-time-text.ts";

/** One clock for every time on the page, ticking only while somebody looks at one. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick += 1;
    for (const each of listeners) each();
  }, 5_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/**
 * A moment relative to now; the absolute one, in the person's zone, on hover. Takes an ISO string or milliseconds;
 * null shows `none`. Server and browser may disagree by a second, which is why hydration does not compare the text.
 */
export function RelativeTime({
  at,
  none = "never",
}: {
  at: string | number | null | undefined;
  none?: string;
}) {
  useSyncExternalStore(
    subscribe,
    () => tick,
    () => 0,
  );
  const [title, setTitle] = useState<string>();
  const moment = at === null || at === undefined ? null : new Date(at).getTime();
  useEffect(() => {
    if (moment !== null) setTitle(absoluteText(moment));
  }, [moment]);
  if (moment === null) return <span className="text-muted">{none}</span>;
  return (
    <time
      dateTime={new Date(moment).toISOString()}
      title={title}
      suppressHydrationWarning
      className="whitespace-nowrap"
    >
      {relativeText(moment, Date.now())}
    </time>
  );
}
