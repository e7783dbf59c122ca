import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = new URL("./cell-main.ts", import.meta.url).href;
const THREAD = new URL("./thread.ts", import.meta.url).href;
const IMPORT = /\bfrom "([^"]+)"/g;

export type CellCode = {
  /** What a cell's process runs. */
  main: string;
  /** What its thread runs. */
  thread: string;
  /** Where both lie; null where they are the sources themselves. */
  directory: string | null;
};
let written: (CellCode & { files: string[] }) | null = null;

const scriptName = (url: string) => basename(fileURLToPath(url)).replace(/\.ts$/, ".mjs");

/** The sources that a cell is made of as JavaScript, by file name. Line numbers stay. */
function scripts(): Map<string, string> {
  const made = new Map<string, string>();
  const add = (url: string): string => {
    const name = scriptName(url);
    if (made.has(name)) return name;
    made.set(name, ""); // on its way
    const code = stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"));
    const linked = code.replace(IMPORT, (whole, specifier: string) => {
      if (specifier.startsWith("node:")) return whole;
      const target = specifier.startsWith(".")
        ? new URL(specifier, url).href
        : import.meta.resolve(specifier);
      return `from ${JSON.stringify(target.endsWith(".ts") ? `./${add(target)}` : target)}`;
    });
    made.set(name, linked);
    return name;
  };
  add(MAIN);
  add(THREAD);
  return made;
}

function write(): CellCode & { files: string[] } {
  // Node calls it experimental, once per process, on the terminal of whoever starts a gateway.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const directory = mkdtempSync(join(tmpdir(), "gatehouse-cells-"));
    chmodSync(directory, 0o700);
    process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
    const files: string[] = [];
    for (const [name, code] of scripts()) {
      const path = join(directory, name);
      writeFileSync(path, code, { mode: 0o600 });
      files.push(path);
    }
    const path = (url: string) => join(directory, scriptName(url));
    return { main: path(MAIN), thread: path(THREAD), directory, files };
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * What cells run: the sources without their types, written once into a folder that only this user can read. Taking
 * the types out in each cell would cost it three times the time to start and twice the memory. Where no folder can
 * be made, the sources themselves.
 */
export function cellCode(): CellCode {
  // Whoever tidies the temporary folder may have taken some of it.
  if (written?.files.every((file) => existsSync(file))) return written;
  try {
    written = write();
    return written;
  } catch {
    return { main: fileURLToPath(MAIN), thread: fileURLToPath(THREAD), directory: null };
  }
}
