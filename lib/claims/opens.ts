import { compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import { surveyRights } from "#lib/contract/rights-reach.ts";
import type { Transaction } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { loadRevision } from "#lib/publishing/loaded.ts";
import { sampleRequest } from "./sample.ts";
import type { OpenedClaim } from "./schema.ts";

const MAX_LISTED = 200;

type Rights = { id: string; succeeds: readonly string[]; authorizedRequests: unknown };

/** The live routes that a key with these rights opens, by path, as far as a page can show them. */
export async function whatItOpens(
  tx: Transaction,
  tenant: { id: string; liveRevision: number | null },
  rights: Rights,
): Promise<Pick<OpenedClaim, "routes" | "moreRoutes" | "sample">> {
  const { routes } = (await loadRevision(tx, tenant.id, tenant.liveRevision)).compiled();
  const key = { ...rights, authorizedRequests: compileAuthorizedRequests(rights.authorizedRequests) };
  const survey = surveyRights(key);
  const opened = routes.flatMap((compiled) => {
    const reach = survey.look(compiled);
    return reach === "none" ? [] : [{ compiled, route: compiled.route, partly: reach === "part" }];
  });
  opened.sort((a, b) => (a.route.path < b.route.path ? -1 : a.route.path > b.route.path ? 1 : 0));
  return {
    routes: opened.slice(0, MAX_LISTED).map(({ route, partly }) => ({
      method: route.method,
      path: route.path,
      name: route.name,
      description: route.description,
      apiVersion: route.apiVersion,
      requestsPerMinute: route.rateLimit?.requestsPerMinute ?? null,
      limitPer: route.rateLimit?.per ?? null,
      partly,
    })),
    sample: sampleRequest(
      opened.map(({ compiled }) => compiled),
      key.authorizedRequests,
      new URL(env.consoleUrl).origin,
    ),
    moreRoutes: Math.max(0, opened.length - MAX_LISTED),
  };
}
