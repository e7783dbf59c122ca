import { actorLabel, type PersonActor } from "#lib/access/actor.ts";
import { env } from "#lib/env.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { oneLine } from "#lib/mail/rules.ts";
import { paths } from "#lib/paths.ts";
import type { DeletedTenant } from "./schema.ts";

const day = (iso: string) => `${iso.slice(0, 16).replace("T", " ")} UTC`;

/** What the owners are told, with the address where it can be taken back. */
export function deletionText(
  what: "deleted" | "restored",
  tenant: DeletedTenant,
  by: string,
  consoleUrl: string,
): { subject: string; text: string } {
  const name = oneLine(`${tenant.name} (${tenant.slug})`);
  if (what === "restored") {
    return {
      subject: `${name} is back`,
      text: `${oneLine(by)} restored the tenant ${name}. Its routes, keys and jobs are in service again as before.\n`,
    };
  }
  return {
    subject: `${name} was deleted`,
    text: `${oneLine(by)} deleted the tenant ${name}.

Its routes answer 404 and its jobs wait. Until ${day(tenant.restorableUntil)} an owner can have everything back as it
was; after that it is deleted for good.

Restore it: ${consoleUrl}${paths.deletedTenants()}
`,
  };
}

/** Tells every owner, after the transaction; whether a mail arrives changes nothing. */
export async function tellOwners(
  what: "deleted" | "restored",
  tenant: DeletedTenant,
  owners: readonly { email: string }[],
  by: PersonActor,
): Promise<void> {
  const mail = deletionText(what, tenant, actorLabel(by), env.consoleUrl);
  await Promise.all(owners.map(({ email }) => deliver({ to: [email], ...mail })));
}
