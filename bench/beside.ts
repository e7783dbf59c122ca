import { fork } from "node:child_process";
import { once } from "node:events";

/**
 * Runs a file of this folder in a process of its own, so that what it does and what is measured here do not wait for each
 * other. `stop` gives what `whileAsked` in that file came to.
 */
export function beside<Result>(file: string, given: object): { stop(): Promise<Result> } {
  const child = fork(new URL(file, import.meta.url));
  child.send(given);
  return {
    async stop() {
      child.send("stop");
      const [result] = await once(child, "message");
      child.disconnect();
      return result;
    },
  };
}

/** In such a process: does `work` again and again until it is told to stop, and then tells the result. */
export function whileAsked<Given, Result>(work: (given: Given) => Promise<void>, result: () => Result): void {
  process.once("message", async (given: Given) => {
    let going = true;
    process.once("message", () => {
      going = false;
    });
    while (going) await work(given);
    process.send?.(result());
  });
}
