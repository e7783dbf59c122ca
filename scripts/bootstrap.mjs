// Runs on whatever Node.js is installed: it makes sure that there is a Node.js new enough and that the packages of
// package-lock.json are there, then hands over to a TypeScript entry on the Node.js that came with them.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const bins = join(root, "node_modules", ".bin");

/**
 * Installs what is missing and runs `entry` (a path from the repository's root) with `args`; ends this process with
 * its exit code. Signals are passed on, and if whoever started this is killed the entry is asked to stop.
 */
export async function run(entry, args) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Gatehouse needs Node.js 20.19 or newer and this is ${process.versions.node}; install a newer one from nodejs.org.`,
    );
  }
  if (!installed()) await install();
  const child = spawn(node, [join(root, entry), ...args], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: `${bins}${delimiter}${process.env.PATH ?? ""}` },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) {
    const before = startedBy();
    setInterval(() => startedBy() !== before && child.kill("SIGTERM"), 500).unref();
  }
  child.on("error", (error) =>
    fail(`The Node.js of node_modules does not start (${error.message}); run \`npm ci\`.`),
  );
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

/** Who started this: the parent and, since npm puts a shell in between, the parent's parent where it can be told. */
function startedBy() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]}`;
  } catch {
    return `${process.ppid}`;
  }
}

/** Whether node_modules holds what package-lock.json names; what is optional may be missing. */
function installed() {
  try {
    if (!existsSync(node)) return false;
    const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    const present = JSON.parse(
      readFileSync(join(root, "node_modules", ".package-lock.json"), "utf8"),
    ).packages;
    return Object.entries(wanted).every(
      ([where, entry]) =>
        where === "" ||
        (present[where] ? present[where].version === entry.version : entry.optional || entry.peer),
    );
  } catch {
    return false;
  }
}

async function install() {
  process.stdout.write("Installing packages (a minute or two the first time) …\n");
  const began = Date.now();
  // npm must not run on the Node.js that it is about to replace.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((part) => !part.endsWith(join("node_modules", ".bin")));
  const child = spawn(
    "npm",
    ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, PATH: path.join(delimiter) },
      shell: process.platform === "win32",
    },
  );
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const ticking = setInterval(() => process.stdout.write(`  … still installing, ${seconds()} s\n`), 15_000);
  const code = await new Promise((resolve) => {
    child.on("error", () => resolve(127));
    child.on("exit", (exit) => resolve(exit ?? 1));
  });
  clearInterval(ticking);
  if (code === 127) fail("npm was not found; install Node.js with npm from nodejs.org.");
  if (code !== 0) {
    fail(
      "The packages could not be installed (npm says why above); check the way to the npm registry and try again.",
    );
  }
  process.stdout.write(`Packages installed in ${seconds()} s.\n`);
}

function fail(sentence) {
  process.stderr.write(`\n${sentence}\n`);
  process.exit(1);
}
