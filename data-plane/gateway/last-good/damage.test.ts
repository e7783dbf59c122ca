import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type TestContext } from "node:test";
import fc from "fast-check";
import { eventually } from "#tests/harness/eventually.ts";
import { readLastGood, readRevisionFile } from "./reader.ts";
import type { Rows } from "./rows.ts";
import { createWriter } from "./writer.ts";

type Complaint = { message: string; file?: string; reason?: string };
function listening() {
  const complaints: Complaint[] = [];
  const hear = (fields: object, message: string) => void complaints.push({ ...fields, message });
  return { complaints, logger: { debug() {}, info() {}, warn: hear, error: hear } };
}

const tenantRow = (n: number) => ({
  id: `tenant-${n}`,
  slug: `slug-${n}`,
  changedXid: String(n),
  deleted: false,
  number: 1,
  content: null,
});

async function folder(t: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), "last-good-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return { directory, folder: path.join(directory, "0123456789abcdef") };
}

/** A writer over rows that the test holds. */
function writerOver(place: { directory: string; folder: string }, held: Rows[], logger = listening().logger) {
  return createWriter({
    ...place,
    everything: () => held,
    revisions: () => new Set(),
    fetchTexts: async function* () {},
    logger,
  });
}

async function readBack(place: { folder: string }) {
  const { complaints, logger } = listening();
  const rows: Rows[] = [];
  const found = await readLastGood(place.folder, logger, async (each) => void rows.push(each));
  return { found, complaints, slugs: rows.flatMap((each) => each.tenants ?? []).map(({ slug }) => slug) };
}

test("however a file is torn, cut short, flipped, doubled or zeroed: what is read was written, and what is lost is named", async (t) => {
  const place = await folder(t);
  const held: Rows[] = Array.from({ length: 6 }, (_, n) => ({ tenants: [tenantRow(n)] }));
  const writer = writerOver(place, held);
  writer.begin();
  await writer.settled();
  for (let n = 6; n < 12; n++) {
    writer.note({ tenants: [tenantRow(n)] }, new Map());
    await writer.settled();
  }
  await writer.stop();
  const whole = (await readBack(place)).slugs;
  assert.equal(new Set(whole).size, 12);
  const names = (await readdir(place.folder)).filter((name) => /^(rows|changes)-/.test(name));
  const originals = await Promise.all(names.map((name) => readFile(path.join(place.folder, name))));

  const damage = fc.record({
    file: fc.nat(names.length - 1),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 200 }),
    kind: fc.constantFrom("flip", "cut", "zero", "double", "lose", "insert"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (all) => {
      const files: Buffer[] = originals.map((bytes) => Buffer.from(bytes));
      for (const { file, at, length, kind } of all) {
        const bytes = files[file] as Buffer;
        if (bytes.length === 0) continue;
        const from = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
        const to = Math.min(bytes.length, from + length);
        if (kind === "flip") bytes[from] = (bytes[from] as number) ^ (1 << (length % 8));
        else if (kind === "zero") bytes.fill(0, from, to);
        else if (kind === "cut") files[file] = bytes.subarray(0, from);
        else if (kind === "lose") files[file] = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
        else {
          const more = kind === "double" ? bytes.subarray(from, to) : Buffer.alloc(length, "x\n");
          files[file] = Buffer.concat([bytes.subarray(0, from), more, bytes.subarray(from)]);
        }
      }
      await Promise.all(names.map((name, n) => writeFile(path.join(place.folder, name), files[n] as Buffer)));
      const { slugs, complaints, found } = await readBack(place);
      for (const slug of slugs) assert.ok(whole.includes(slug), `${slug} was never written`);
      if (found && new Set(slugs).size < 12) assert.ok(complaints.length > 0, "lost without a word");
    }),
    { numRuns: 250 },
  );
});

test("a revision's file that is not what it is named after is left out", async (t) => {
  const place = await folder(t);
  await mkdir(path.join(place.folder, "revisions"), { recursive: true });
  const { complaints, logger } = listening();
  const name = "0".repeat(64);
  await writeFile(path.join(place.folder, "revisions", name), '{"format":1,"routes":[]}');
  assert.equal(await readRevisionFile(place.folder, name, logger), null);
  assert.equal(await readRevisionFile(place.folder, "1".repeat(64), logger), null);
  assert.deepEqual(
    complaints.map(({ reason }) => reason),
    ["checksum", "ENOENT"],
  );
});

test("a writer that died is followed by another, and changes that have grown are folded into the rows", async (t) => {
  const place = await folder(t);
  const held: Rows[] = [{ tenants: [tenantRow(0)] }];
  const first = writerOver(place, held);
  first.begin();
  await first.settled();
  // It goes without a word, as after kill -9: its lock names a process that there is no more.
  const lock = path.join(place.folder, "writer");
  const [host] = (await readFile(lock, "utf8")).split(" ");
  await writeFile(lock, `${host} 4194305 gone\n`);
  const second = writerOver(place, held);
  second.begin();
  await second.settled();
  const generations = async () =>
    (await readdir(place.folder)).filter((name) => name.startsWith("rows-")).join();
  const before = await generations();
  const large = { ...tenantRow(1), slug: "s".repeat(1_000_000) };
  held.push({ tenants: [large] });
  for (let n = 0; n < 5; n++) {
    second.note({ tenants: [large] }, new Map());
    await second.settled();
  }
  await eventually("one file of rows, and a new one", async () => {
    await second.settled();
    const now = await generations();
    return now !== before && !now.includes(",");
  });
  await second.stop();
  const { slugs } = await readBack(place);
  assert.deepEqual(new Set(slugs), new Set(["slug-0", large.slug]));
});
