import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

/** What a browser fetches before a page works: every script that its HTML names, without the one for old browsers. */
export type FirstLoad = {
  /** The page's address as a pattern: `/t/[tenant]/keys`. */
  page: string;
  scripts: string[];
  /** Their sum, each gzipped by itself as they are sent. */
  bytes: number;
};

const MANIFEST = "page_client-reference-manifest.js";

/** Every page of the console's build in `directory`, the heaviest first. */
export async function firstLoads(directory: string): Promise<FirstLoad[]> {
  const sizes = new Map<string, Promise<number>>();
  const sizeOf = (script: string): Promise<number> => {
    const known = sizes.get(script);
    if (known) return known;
    const size = readFile(path.join(directory, script)).then((content) => gzipSync(content).length);
    sizes.set(script, size);
    return size;
  };
  const found: FirstLoad[] = [];
  const app = path.join(directory, "server/app");
  for await (const manifest of glob(`**/${MANIFEST}`, { cwd: app })) {
    const scripts = await scriptsOf(path.join(app, manifest));
    const bytes = (await Promise.all(scripts.map(sizeOf))).reduce((sum, size) => sum + size, 0);
    const page = `/${path.dirname(manifest)}`.replaceAll(/\/\([^)]+\)/g, "").replace(/\/\.$/, "");
    found.push({ page: page || "/", scripts, bytes });
  }
  return found.sort((a, b) => b.bytes - a.bytes);
}

/** What Next.js wrote down about one page: the runtime's files, and those of its layouts, its errors and itself. */
async function scriptsOf(manifest: string): Promise<string[]> {
  const entries: Record<string, string[]> = JSON.parse(
    /"entryJSFiles":(\{.*?\})/s.exec(await readFile(manifest, "utf8"))?.[1] ?? "{}",
  );
  const build = JSON.parse(
    await readFile(path.join(path.dirname(manifest), "page/build-manifest.json"), "utf8"),
  );
  return [...new Set([...build.rootMainFiles, ...Object.values(entries).flat()])];
}
