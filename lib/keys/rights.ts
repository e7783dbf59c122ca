import { defineQuery } from "#lib/command/define.ts";
import { type AuthorizedRequest, compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import { surveyRights } from "#lib/contract/rights-reach.ts";
import { loadRevision } from "#lib/publishing/loaded.ts";
import type { RightsReach } from "./schema.ts";

const MAX_LISTED = 100;
/** Routes between two turns of the event loop: about 5 ms with as many rows as there can be. */
const BATCH = 1_000;

/**
 * Which live routes a new key with these rights would open, and which of its rows open none. `q` keeps those routes
 * whose path or name holds it.
 */
export const getRightsReach = defineQuery(
  "tenant.read",
  async (
    { tx, actor },
    input: { authorizedRequests: AuthorizedRequest[] | null; q: string },
  ): Promise<RightsReach> => {
    const tenantId = actor.tenant.id;
    const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
    const liveRevision = tenant?.liveRevision ?? null;
    const { routes } = (await loadRevision(tx, tenantId, liveRevision)).compiled();
    // A key that does not exist yet: no route names it, and it took over from none.
    const survey = surveyRights({
      id: "",
      succeeds: [],
      authorizedRequests: compileAuthorizedRequests(input.authorizedRequests),
    });
    const wanted = input.q.toLowerCase();
    const found: RightsReach["routes"] = [];
    let opened = 0;
    for (const [index, compiled] of routes.entries()) {
      if (index % BATCH === BATCH - 1) await new Promise((resolve) => setImmediate(resolve));
      const reach = survey.look(compiled);
      if (reach === "none") continue;
      opened += 1;
      const { id, method, path, name, apiVersion } = compiled.route;
      if (wanted && !path.toLowerCase().includes(wanted) && !name.toLowerCase().includes(wanted)) continue;
      found.push({ id, method, path, name, apiVersion, partly: reach === "part" });
    }
    found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1));
    return {
      liveRevision,
      opened,
      matching: found.length,
      routes: found.slice(0, MAX_LISTED),
      idle: survey.idle(),
    };
  },
);
