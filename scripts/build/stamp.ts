import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");

/** A fingerprint of everything below `inputs` (paths from the repository's root) that is not a test. */
export async function fingerprint(inputs: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const file of (await filesBelow(input)).sort()) {
      hash
        .update(`${file}\0`)
        .update(await readFile(path.join(ROOT, file)))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

async function filesBelow(input: string): Promise<string[]> {
  try {
    const entries = await readdir(path.join(ROOT, input), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
      .filter((file) => !file.startsWith("lib/db/generated/"));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOTDIR") return [input];
    if (code === "ENOENT") return [];
    throw error;
  }
}

/** Whether `stampFile` says that what stands beside it was made from `wanted`. */
export async function isFresh(stampFile: string, wanted: string): Promise<boolean> {
  return (await readFile(stampFile, "utf8").catch(() => "")) === wanted;
}

export const writeStamp = (stampFile: string, value: string) => writeFile(stampFile, value);
