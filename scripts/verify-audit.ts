import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type pg from "pg";
import { type Verdict, verifyChain } from "#lib/audit/verify.ts";
import { type Anchor, anchorKey, readAnchor, writeAnchor } from "./audit/anchor.ts";
import { type Chain, chainsOf, readerOf } from "./audit/chains.ts";
import { dataDirectory, loadSecrets } from "./data-directory.ts";
import { connect } from "./database/connect.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";

const USAGE = `npm run verify-audit -- [--tenant SLUG] [--anchor FILE]

Recomputes the chain of every tenant's audit log and of every person's, and names the first entry of each that was
altered, taken out, put in or moved. Ends with 1 when there is one.

  --tenant SLUG   only this tenant's chain
  --anchor FILE   also compare with the ends that an earlier run wrote to FILE, and write today's when nothing is wrong.
                  Keep it outside the database's reach: only it shows that the end of a chain was cut off or rewritten
                  by somebody who could write the end that the database remembers too.`;

/** The owner's address: DATABASE_URL, or the embedded server's as `npm run up` starts it. */
async function ownerUrl(): Promise<string> {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const { owner } = await loadSecrets(dataDirectory());
  return `postgresql://gatehouse_owner:${owner}@127.0.0.1:${process.env.POSTGRES_PORT || "54329"}/gatehouse`;
}

const count = (number: number, what: string, many = `${what}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? what : many}`;

function tell({ kind, name }: Chain, { end, flaw }: Verdict, say: (line: string) => void): void {
  const whose = kind === "tenant" ? name : `the person ${name}`;
  if (!flaw) {
    if (end.seq > 0) say(`${whose}: ${count(end.seq, "entry", "entries")}, each as it was written`);
    return;
  }
  const which = flaw.entryId ? ` (id ${flaw.entryId})` : "";
  say(`${whose}: entry ${flaw.seq.toLocaleString("en")}${which} ${flaw.what}`);
}

export type Options = { tenant?: string | undefined; anchor?: string | undefined };

/**
 * Verifies the chains that the options name and says what it finds, a line each. Gives how many chains are not what
 * was written. Throws StartFailure when there is no such tenant or the anchor cannot be read.
 */
export async function verifyAudit(
  client: pg.Client,
  { tenant, anchor: file }: Options,
  say: (line: string) => void,
): Promise<number> {
  const known = file === undefined ? null : await readAnchor(file);
  const ends: Anchor = new Map(known ?? []);
  const totals = { chains: 0, entries: 0, flawed: 0 };
  for (const kind of ["tenant", "person"] as const) {
    if (tenant !== undefined && kind === "person") continue;
    const here = new Set<string>();
    for await (const chain of chainsOf(client, kind)) {
      if (tenant !== undefined && chain.name !== tenant) continue;
      const key = anchorKey(kind, chain.id);
      here.add(key);
      const verdict = await verifyChain(kind, readerOf(client, chain), known?.get(key) ?? null);
      tell(chain, verdict, say);
      totals.chains++;
      totals.entries += verdict.end.seq;
      if (verdict.flaw) totals.flawed++;
      else if (verdict.end.seq > 0) ends.set(key, verdict.end);
    }
    // A tenant that was purged has no chain any more, and its line in the anchor goes with it.
    if (tenant === undefined) {
      const gone = [...ends.keys()].filter((key) => key.startsWith(`${kind} `) && !here.has(key));
      for (const key of gone) ends.delete(key);
      if (gone.length > 0) say(`${count(gone.length, "chain")} of the anchor are of a ${kind} that is gone`);
    }
  }
  if (tenant !== undefined && totals.chains === 0) throw new StartFailure(`There is no tenant "${tenant}".`);
  const what = `${count(totals.entries, "entry", "entries")} in ${count(totals.chains, "chain")}`;
  if (totals.flawed > 0) say(`Verified ${what}: ${count(totals.flawed, "chain")} not as written.`);
  else say(`Verified ${what}: nothing altered, missing, moved or put in.`);
  if (file !== undefined && totals.flawed === 0) await writeAnchor(file, ends);
  return totals.flawed;
}

async function main(): Promise<number> {
  let options: Options & { help?: boolean };
  try {
    options = parseArgs({
      options: { tenant: { type: "string" }, anchor: { type: "string" }, help: { type: "boolean" } },
    }).values;
  } catch (error) {
    throw new StartFailure(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const client = await connect(await ownerUrl(), "DATABASE_URL");
  try {
    const anchor = options.anchor === undefined ? undefined : path.resolve(options.anchor);
    return (await verifyAudit(client, { ...options, anchor }, console.log)) > 0 ? 1 : 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main().catch(reportFailure);
}
