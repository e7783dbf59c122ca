"use client";
import { type ComponentType, lazy, type ReactNode, Suspense, useSyncExternalStore } from "react";

type Load = () => Promise<unknown>;

/** What a person does before pressing anything: a page that is only looked at fetches nothing more. */
const SIGNS = ["pointermove", "pointerdown", "touchstart", "focusin", "keydown"] as const;

const waiting = new Set<Load>();
let awake = false;

const fetchNow = (load: Load) => void load().catch(() => undefined);

function wake(): void {
  awake = true;
  for (const sign of SIGNS) removeEventListener(sign, wake, true);
  for (const load of waiting) fetchNow(load);
  waiting.clear();
}

if (typeof window !== "undefined") {
  for (const sign of SIGNS) addEventListener(sign, wake, { capture: true, passive: true });
}

function fetchAhead(load: Load): void {
  if (typeof window === "undefined") return;
  if (awake) setTimeout(fetchNow, 0, load);
  else waiting.add(load);
}

const never = () => () => undefined;

/**
 * A part that is no use without JavaScript, or comes late: fetched when it is first shown, with a placeholder of its
 * size until then and in the server's HTML. For the top of a module.
 */
export function fetchedWhenShown<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  placeholder: ReactNode = null,
): (props: Props) => ReactNode {
  const Part = lazy(async () => ({ default: await load() })) as unknown as ComponentType<Props>;
  // biome-ignore lint/correctness/noComponentHookFactories: it is called once for each part, at the top of a module
  return function FetchedWhenShown(props) {
    const inBrowser = useSyncExternalStore(
      never,
      () => true,
      () => false,
    );
    return inBrowser ? (
      <Suspense fallback={placeholder}>
        <Part {...props} />
      </Suspense>
    ) : (
      placeholder
    );
  };
}

/**
 * A part that only a press brings up: no page carries it, and it is fetched at the first sign of somebody at the
 * page, so that the press finds it there. For the top of a module; in the server's HTML there is nothing of it.
 */
export function fetchedAhead<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => ReactNode {
  fetchAhead(load);
  return fetchedWhenShown(load);
}
