import { keepingOf } from "#lib/contract/cache-rules.ts";
import type { CompiledRoute } from "#lib/contract/compiled-route.ts";
import type { HeaderPairs } from "#lib/contract/transform.ts";
import type { KeptAnswer } from "./cache-store.ts";

/** Of an answer that begins: what the target said, and what of it the caller gets. */
export type AnswerHead = { status: number; said: HeaderPairs; sent: HeaderPairs; length: number | null };

/** Listens to one answer on its way to the caller, and keeps it when it may be kept and has come whole. */
export type Recorder = {
  begin(head: AnswerHead): void;
  add(part: Buffer): void;
  /** The answer is whole. */
  end(): void;
  /** Nothing more will come. Does nothing after `end`. */
  discard(): void;
};

export type RecorderOptions = {
  route: CompiledRoute;
  /** The answer has no body, whatever length it tells. */
  isHead: boolean;
  maxBytes: number;
  reserve: (bytes: number) => boolean;
  release: (bytes: number) => void;
  /** Clocks: the wall's, and the one that never jumps. */
  wall: () => number;
  now: () => number;
  keep: (answer: KeptAnswer, vary: readonly string[], seconds: number) => void;
  /** Called once, as soon as it is known that the answer is not kept. */
  refuse: () => void;
};

/** Headers that are made anew for each answer. */
const NOT_KEPT = new Set(["content-length", "age", "x-cache"]);

export function createRecorder(options: RecorderOptions): Recorder {
  let parts: Buffer[] = [];
  let size = 0;
  let head: (AnswerHead & { keep: { seconds: number; age: number; vary: readonly string[] } }) | null = null;
  let over = false;

  function close(): void {
    over = true;
    options.release(size);
    parts = [];
    size = 0;
  }
  function refuse(): void {
    if (over) return;
    close();
    options.refuse();
  }

  return {
    begin(started) {
      if (over) return;
      const { route, isHead, maxBytes, wall } = options;
      const keep = keepingOf(route, started.status, started.said, wall());
      const tooLarge = !isHead && started.length !== null && started.length > maxBytes;
      if (!keep || tooLarge) refuse();
      else head = { ...started, keep };
    },
    add(part) {
      if (over) return;
      if (size + part.length > options.maxBytes || !options.reserve(part.length)) return refuse();
      size += part.length;
      parts.push(part);
    },
    end() {
      if (over) return;
      const { isHead, wall, now } = options;
      if (!head || (!isHead && head.length !== null && head.length !== size)) return refuse();
      const { status, sent, length, keep } = head;
      // Memory of its own: a part may be a slice of something much larger.
      const body = Buffer.allocUnsafeSlow(size);
      let at = 0;
      for (const part of parts) at += part.copy(body, at);
      const headers = sent.filter(([name]) => !NOT_KEPT.has(name.toLowerCase()));
      if (!headers.some(([name]) => name.toLowerCase() === "date")) {
        headers.push(["Date", new Date(wall()).toUTCString()]);
      }
      const told = isHead ? length : body.length;
      close();
      const answer = { status, headers, body, length: told, age: keep.age, keptAt: now() };
      options.keep(answer, keep.vary, keep.seconds);
    },
    discard: refuse,
  };
}
