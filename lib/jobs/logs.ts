import type { Masker } from "#lib/contract/masking.ts";
import type { Prisma } from "#lib/db/client.ts";
import type { JobLogs } from "./schema.ts";

/** What an attempt printed, as its worker stored it, with `name=value` secrets and those in JSON masked. */
export function shownLogs(stored: Prisma.JsonValue, masker: Masker): JobLogs | null {
  if (stored === null) return null;
  const logs = stored as unknown as JobLogs;
  return {
    ...logs,
    lines: logs.lines.map((line) => ({ ...line, message: masker.text(line.message) })),
  };
}
