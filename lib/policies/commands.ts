import type { TenantActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { defineCommand } from "#lib/command/define.ts";
import { invalid, staleVersion } from "#lib/errors/domain-error.ts";
import { listProviders } from "#lib/identities/queries.ts";
import { ownProof, readDemands } from "./queries.ts";
import { whyNotDemand } from "./rules.ts";
import type { Demands, Security } from "./schema.ts";

type Input = Demands & {
  /** The version that the person saw. */
  version: number;
};

const saveDemands = defineCommand(
  "tenant.manage",
  async ({ tx, actor, audit }, { version, ...asked }: Input): Promise<Security> => {
    const { id } = actor.tenant;
    // Whoever saves at the same moment waits here, and finds a version that is no longer theirs.
    await tx.$queryRaw`SELECT 1 FROM tenants WHERE id = ${id}::uuid FOR UPDATE`;
    const current = await readDemands(tx, id);
    if (current.version !== version) throw staleVersion(current.version);
    const demands = { ...asked, ssoProviders: [...new Set(asked.ssoProviders)] };
    const refusal = whyNotDemand(demands, current.demands, ownProof(actor), listProviders());
    if (refusal) throw invalid([refusal], refusal.message);
    if (JSON.stringify(demands) !== JSON.stringify(ordered(current.demands))) {
      await tx.tenant.updateMany({
        where: { id, securityVersion: version },
        data: { ...demands, securityVersion: version + 1 },
      });
      await audit({
        action: "tenant.security",
        targetType: "tenant",
        targetId: id,
        before: ordered(current.demands),
        after: ordered(demands),
      });
      return { ...demands, version: version + 1, providers: listProviders() };
    }
    return { ...demands, version, providers: listProviders() };
  },
);

const ordered = ({ requireTwoFactor, onlySso, ssoProviders }: Demands): Demands => ({
  requireTwoFactor,
  onlySso,
  ssoProviders: [...ssoProviders],
});

/**
 * Changes what the tenant asks of everybody who enters it, from the next request on. In person, and confirmed lately.
 * Throws `conflict` for a stale version, and `invalid_input` for demands that would lock out whoever makes them or that
 * nobody could meet.
 */
export async function setDemands(actor: TenantActor, input: Input): Promise<Security> {
  assertInPerson(actor);
  assertConfirmed(actor);
  return saveDemands(actor, input);
}
