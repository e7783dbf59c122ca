import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "../start-failure.ts";
import { endProcess, isAlive, type ProcessIdentity, startOf, waitUntil } from "./process-identity.ts";

/** How long a run whose terminal went away may take to stop by itself. */
const STOPPING_MS = 20_000;

type RunRecord = { up: ProcessIdentity; stopping?: boolean; children: ProcessIdentity[] };

/** Who runs from this data directory, in `run.json`, so that a start after a kill finds what was left behind. */
export class RunRecordFile {
  readonly #file: string;
  readonly #record: RunRecord;
  #written: Promise<void> = Promise.resolve();

  constructor(dataDirectory: string) {
    this.#file = path.join(dataDirectory, "run.json");
    this.#record = { up: identify("up", process.pid), children: [] };
  }

  /**
   * Ends what a killed run left behind and gives the names of what it ended.
   *
   * @throws StartFailure when a run is alive in this data directory.
   */
  async takeOver(): Promise<string[]> {
    const previous = await this.#read();
    if (!previous) return [];
    if (isAlive(previous.up)) {
      const gone = previous.stopping && (await waitUntil(() => !isAlive(previous.up), STOPPING_MS));
      if (!gone) {
        throw new StartFailure(
          `Gatehouse already runs from this data directory (process ${previous.up.pid}); stop it there with Ctrl-C, or set GATEHOUSE_DATA_DIR to another one.`,
        );
      }
    }
    const left = previous.children.filter(isAlive);
    // The database last: the others still write to it while they stop.
    const others = left.filter((child) => child.name !== "postgres");
    await Promise.all(others.map((child) => endProcess(child, "SIGTERM", 5_000)));
    for (const child of left) if (child.name === "postgres") await endProcess(child, "SIGINT", 15_000);
    return left.map((child) => child.name);
  }

  async begin(): Promise<void> {
    await this.#write();
  }

  /** Notes a process of this run; a later one of the same name replaces it. */
  async note(name: string, pid: number): Promise<void> {
    this.#record.children = this.#record.children.filter((child) => child.name !== name);
    this.#record.children.push(identify(name, pid));
    await this.#write();
  }

  async noteStopping(): Promise<void> {
    this.#record.stopping = true;
    await this.#write();
  }

  async end(): Promise<void> {
    await this.#written;
    await rm(this.#file, { force: true });
  }

  async #read(): Promise<RunRecord | undefined> {
    try {
      return JSON.parse(await readFile(this.#file, "utf8"));
    } catch {
      return undefined; // none, or cut off by the kill: the port check speaks up if something is left
    }
  }

  #write(): Promise<void> {
    this.#written = this.#written.then(async () => {
      await writeFile(`${this.#file}.new`, JSON.stringify(this.#record), { mode: 0o600 });
      await rename(`${this.#file}.new`, this.#file);
    });
    return this.#written;
  }
}

const identify = (name: string, pid: number): ProcessIdentity => ({ name, pid, start: startOf(pid) ?? "" });
