import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { StartFailure } from "../start-failure.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const PLAYWRIGHT = path.join(import.meta.dirname, "../../node_modules/playwright/cli.js");

/**
 * The path of a Chromium: CHROMIUM_PATH, the system's, Playwright's own; failing these, one that it installs.
 *
 * @throws StartFailure when there is none and none can be installed.
 */
export async function findBrowser(say: (line: string) => void): Promise<string> {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (works(given)) return given;
    throw new StartFailure(
      `CHROMIUM_PATH is ${given}, which does not start; point it at a Chromium or unset it.`,
    );
  }
  const found = onSystem() ?? (await playwrights());
  if (found) return found;
  say("No browser found; installing Playwright's Chromium …");
  run(process.execPath, [PLAYWRIGHT, "install", "chromium"], 180_000);
  const own = await playwrights();
  if (own) return own;
  if (process.getuid?.() === 0 && onPath("apt-get")) {
    say("Playwright's Chromium does not come or does not start; installing the system's …");
    run("apt-get", ["update", "-q"], 120_000);
    run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"], 300_000);
    const installed = onSystem() ?? (await playwrights());
    if (installed) return installed;
  }
  throw new StartFailure(
    "The end-to-end tests need a browser and none could be found or installed; install Chromium (on Debian: apt-get install chromium) or set CHROMIUM_PATH.",
  );
}

function onSystem(): string | undefined {
  return [...NAMES.map(onPath), MAC].find((candidate) => candidate !== undefined && works(candidate));
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((candidate) => existsSync(candidate));
}

async function playwrights(): Promise<string | undefined> {
  const { chromium } = await import("@playwright/test");
  const file = chromium.executablePath();
  return file && works(file) ? file : undefined;
}

/** A browser that is there may still lack a library, or be a stub that only says where to get one. */
function works(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    const output = execFileSync(file, ["--version"], {
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /chrom/i.test(output);
  } catch {
    return false;
  }
}

function run(command: string, args: string[], timeout: number): void {
  spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    timeout,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
