import type { Child } from "./child.ts";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_MS = 60_000;

/** Keeps one process running: when it ends by itself it is started again, after a pause that grows. */
export class Supervised {
  readonly name: string;
  readonly #start: () => Promise<Child>;
  readonly #say: (line: string) => void;
  #child: Child;
  #stopping = false;
  #pauseMs = FIRST_PAUSE_MS;
  #startedAt = performance.now();
  #wake: (() => void) | undefined;
  readonly #watching: Promise<void>;

  constructor(name: string, child: Child, start: () => Promise<Child>, say: (line: string) => void) {
    this.name = name;
    this.#child = child;
    this.#start = start;
    this.#say = say;
    this.#watching = this.#watch();
  }

  /** Stops the process for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake?.();
    if (!(await this.#child.stop())) this.#say(`${this.name} did not stop in time and was ended`);
    await this.#watching;
    // A start that was under way when the stop came.
    await this.#child.stop();
  }

  async #watch(): Promise<void> {
    let how = await this.#child.exited;
    while (!this.#stopping) {
      if (performance.now() - this.#startedAt > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.#say(`${this.name} ended (${how}); starting it again in ${this.#pauseMs / 1000} s`);
      await this.#pause();
      if (this.#stopping) return;
      try {
        this.#startedAt = performance.now();
        this.#child = await this.#start();
        this.#say(`${this.name} runs again`);
        how = await this.#child.exited;
      } catch (error) {
        how = error instanceof Error ? error.message : String(error);
      }
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
