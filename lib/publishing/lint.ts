import { defineQuery } from "#lib/command/define.ts";
import { readCandidate } from "#lib/contract/lint/candidate.ts";
import type { KeyState, LintFacts } from "#lib/contract/lint/facts.ts";
import { type Finding, findingKey, isAccepted } from "#lib/contract/lint/finding.ts";
import { lintCandidate, lintRoutes } from "#lib/contract/lint/lint.ts";
import type { Route } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { conflict, invalid } from "#lib/errors/domain-error.ts";
import { keyStatus } from "#lib/keys/rules.ts";
import { type LoadedRoutes, loadDraft } from "./loaded.ts";
import type { DraftFindings, FindingsSummary, NamedFinding } from "./schema.ts";
import { compareLoaded, liveRevision, loadSide } from "./sides.ts";

/** Findings beyond this are counted and not listed. */
const MAX_LISTED = 500;
const MAX_ASKED = 100;

const namedKeys = (routes: readonly Route[]): string[] => [
  ...new Set(routes.flatMap(({ auth }) => (auth.mode === "api-key" ? (auth.allowedApiKeyIds ?? []) : []))),
];

async function keyStates(tx: Transaction, tenantId: string, ids: string[]): Promise<Map<string, KeyState>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<
    { id: string; name: string; revokedAt: Date | null; expiresAt: Date | null; graceEndsAt: Date | null }[]
  >`SELECT id, name, revoked_at AS "revokedAt", expires_at AS "expiresAt", grace_ends_at AS "graceEndsAt"
    FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND id = ANY(${ids}::uuid[])`;
  const now = new Date();
  return new Map(rows.map((row) => [row.id, { name: row.name, status: keyStatus(row, now) } as KeyState]));
}

/** What the rules need to know about a tenant to judge `routes`. */
async function gatherFacts(tx: Transaction, tenantId: string, routes: readonly Route[]): Promise<LintFacts> {
  const functions = await tx.function.findMany({ select: { name: true } });
  return {
    keys: await keyStates(tx, tenantId, namedKeys(routes)),
    functions: new Set(functions.map(({ name }) => name)),
    issuers: await tx.issuer.count({ where: { tenantId, enabled: true, deletedAt: null } }),
    allowInternalUpstreams: env.allowInternalUpstreams,
    gatewayOrigin: env.gatewayUrl,
    live: (await loadSide(tx, tenantId, "live")).byId,
  };
}

/** Everything that lint finds in a draft, and the part that publishing it asks about. */
type Linted = { findings: Finding[]; asking: Finding[] };
const linted = new WeakMap<LoadedRoutes, { facts: string; result: Linted }>();

/** Facts that tell the same lead to the same findings. */
const factsStamp = (facts: LintFacts, live: number | null): string =>
  JSON.stringify([
    live,
    [...facts.keys].sort(),
    [...facts.functions].sort(),
    facts.issuers,
    facts.allowInternalUpstreams,
    facts.gatewayOrigin,
  ]);

/** Findings of the draft; worked out anew only when the draft or a fact has changed. */
export async function lintDraft(tx: Transaction, tenantId: string, draft: LoadedRoutes): Promise<Linted> {
  const live = await loadSide(tx, tenantId, "live");
  const facts = await gatherFacts(tx, tenantId, draft.routes);
  const stamp = factsStamp(facts, await liveRevision(tx, tenantId));
  const known = linted.get(draft);
  if (known?.facts === stamp) return known.result;
  const findings = lintRoutes(draft.routes, facts);
  const changed = compareLoaded(live, draft).byId;
  const asking = findings.filter(
    ({ severity, routeId, others }) =>
      severity === "warning" && [{ id: routeId ?? "" }, ...others].some(({ id }) => changed.has(id)),
  );
  const result = { findings, asking };
  linted.set(draft, { facts: stamp, result });
  return result;
}

const count = (findings: readonly Finding[], severity: Finding["severity"]) =>
  findings.filter((finding) => finding.severity === severity).length;

function byCode(findings: readonly Finding[]) {
  const counts = new Map<string, { code: string; severity: Finding["severity"]; count: number }>();
  for (const { code, severity } of findings) {
    const known = counts.get(code);
    if (known) known.count += 1;
    else counts.set(code, { code, severity, count: 1 });
  }
  return [...counts.values()];
}

const named =
  ({ byId }: LoadedRoutes) =>
  (finding: Finding): NamedFinding => {
    const route = byId.get(finding.routeId ?? "");
    return { ...finding, route: route ? { method: route.method, path: route.path } : null };
  };

/** What stands in the way of publishing, and what it asks about. */
export function summarize({ findings, asking }: Linted, draft: LoadedRoutes): FindingsSummary {
  const errors = findings.filter(({ severity }) => severity === "error");
  return {
    errors: errors.length,
    warnings: count(findings, "warning"),
    asking: asking.length,
    byCode: byCode([...errors, ...asking]),
    data: [...errors, ...asking].slice(0, MAX_ASKED).map(named(draft)),
  };
}

/**
 * Throws `invalid_input` while lint finds an error, and `conflict` while it finds a warning that has to do
 * with a route that this publish adds or changes and that is not among the accepted ones. `accepted` null: nobody is there to be asked.
 */
export function assertPublishable({ findings, asking }: Linted, accepted: readonly string[] | null): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw invalid(
      errors.slice(0, MAX_ASKED).map(({ routeId, message }) => ({ path: `routes.${routeId}`, message })),
      "This draft cannot be published yet.",
    );
  }
  if (accepted === null) return;
  const set = new Set(accepted);
  const open = asking.filter((finding) => !isAccepted(finding, set));
  if (open.length > 0) {
    throw conflict(
      `${open.length === 1 ? "One warning has" : `${open.length} warnings have`} not been accepted yet.`,
      open.slice(0, MAX_ASKED).map((finding) => ({ path: findingKey(finding), message: finding.message })),
    );
  }
}

/** Everything that lint finds in the draft: counts, and the first findings with errors before warnings. */
export const getFindings = defineQuery("tenant.read", async ({ tx, actor }): Promise<DraftFindings> => {
  const draft = await loadDraft(tx, actor.tenant.id);
  const { findings } = await lintDraft(tx, actor.tenant.id, draft);
  const listed = ["error", "warning", "info"].flatMap((s) =>
    findings.filter(({ severity }) => severity === s),
  );
  return {
    draftVersion: draft.version,
    errors: count(findings, "error"),
    warnings: count(findings, "warning"),
    infos: count(findings, "info"),
    byCode: byCode(findings),
    findings: listed.slice(0, MAX_LISTED).map(named(draft)),
  };
});

type CandidateInput = { id: string | null; route: unknown };

/** What would be found at one route if the draft held it like this. Nothing is stored. */
export const lintOne = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: CandidateInput): Promise<{ findings: Finding[] }> => {
    const read = readCandidate(input.route, input.id, input.id ?? uuidv7());
    if (!read.ok) return { findings: read.findings };
    const tenantId = actor.tenant.id;
    const { routes } = await loadDraft(tx, tenantId);
    const found = lintCandidate(read.route, routes, await gatherFacts(tx, tenantId, [read.route]));
    return { findings: input.id ? found : found.map((finding) => ({ ...finding, routeId: null })) };
  },
);
