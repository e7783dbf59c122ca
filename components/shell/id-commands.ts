import { isUuid } from "#lib/contract/uuid.ts";
import { paths } from "#lib/paths.ts";
import type { Command } from "./commands.ts";

/** What a request ID may look like; shorter words and words without a digit are names of pages. */
const REQUEST_ID = /^(?=.*\d)[A-Za-z0-9._-]{8,128}$/;

/** What an ID that was typed or pasted leads to, within the tenant whose page is open: a job, the jobs of a request. */
export function idCommands(pathname: string, typed: string): Command[] {
  const slug = /^\/t\/([^/]+)/.exec(pathname)?.[1];
  const text = typed.trim();
  if (!slug || !REQUEST_ID.test(text)) return [];
  const tenant = decodeURIComponent(slug);
  const find: Command = {
    id: "find-by-id",
    label: `Find jobs by the ID ${text}`,
    hint: isUuid(text.toLowerCase()) ? "of a job or a request" : "of a request",
    href: paths.jobs(tenant, { q: text }),
  };
  if (!isUuid(text.toLowerCase())) return [find];
  const open: Command = {
    id: "open-job",
    label: `Open job ${text}`,
    href: paths.job(tenant, text.toLowerCase()),
  };
  return [open, find];
}
