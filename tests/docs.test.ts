import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";

const ROOT = path.join(import.meta.dirname, "..");
const DOCS = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT }), "components/ui/README.md"];
const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const textOf = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const folders = new Set(globSync("*/", { cwd: ROOT }).map((name) => name.replace(/\/$/, "")));

/** What reads as a path of this repository: in backticks, with a slash, beginning with a folder that exists. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([A-Za-z0-9_.()-]+(?:\/[A-Za-z0-9_.()[\]-]+)+)`/g)]
    .map(([, found]) => found as string)
    .filter((found) => folders.has(found.split("/")[0] as string));
}

test("every path that the docs name exists", () => {
  const missing = DOCS.flatMap((file) =>
    pathsIn(textOf(file))
      .filter((found) => !existsSync(path.join(ROOT, found)))
      .map((found) => `${file}: ${found}`),
  );
  assert.deepEqual(missing, []);
});

test("every link between the docs leads somewhere", () => {
  const broken = DOCS.flatMap((file) =>
    [...textOf(file).matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)]
      .map(([, target]) => target as string)
      .filter((target) => !existsSync(path.join(ROOT, path.dirname(file), target)))
      .map((target) => `${file}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

test("every npm command that the docs name is one", () => {
  const unknown = DOCS.flatMap((file) =>
    [...textOf(file).matchAll(/npm run ([a-z-]+(?::[a-z-]+)?)/g)]
      .map(([, name]) => name as string)
      .filter((name) => !(name in manifest.scripts))
      .map((name) => `${file}: ${name}`),
  );
  assert.deepEqual(unknown, []);
});

test("every package is in docs/dependencies.md, and nothing else is", () => {
  const listed = [...textOf("docs/dependencies.md").matchAll(/^\| (.+?) +\|/gm)]
    .flatMap(([, cell]) => [...(cell as string).matchAll(/`([^`]+)`/g)].map(([, name]) => name as string))
    .sort();
  const installed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter((name) => !name.startsWith("@types/"))
    .sort();
  assert.deepEqual(listed, installed);
});

test("every version is exact", () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const loose = versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version as string));
  assert.deepEqual(loose, []);
});
