import type { TenantActor } from "#lib/access/actor.ts";
import { defineQuery } from "#lib/command/define.ts";
import { compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import { bearerToken, type TokenLookup } from "#lib/contract/bearer.ts";
import { formatCredential } from "#lib/contract/credential.ts";
import type { KeyLookup } from "#lib/contract/decision.ts";
import type { TraceStep } from "#lib/contract/trace.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { checkToken } from "#lib/issuers/queries.ts";
import { keyStatus } from "#lib/keys/rules.ts";
import { loadDraft, loadRevision } from "#lib/publishing/loaded.ts";
import { explainSide, type Lookups } from "./rules.ts";
import type { ExplainInput, Explanation, KeyBrief, Refusal, Refusals } from "./schema.ts";

/** Stands for a secret that nobody here has: it is well formed, and the look-up answers for the key that is named. */
const PLACEHOLDER_KEY = formatCredential("apiKey", new Uint8Array(32));

type KeyRow = {
  id: string;
  name: string;
  lastFour: string;
  expiresAt: Date | null;
  graceEndsAt: Date | null;
  revokedAt: Date | null;
  authorizedRequests: Prisma.JsonValue;
  succeeds: string[];
};

const COLUMNS = Prisma.sql`id, name, last_four AS "lastFour", expires_at AS "expiresAt",
  grace_ends_at AS "graceEndsAt", revoked_at AS "revokedAt", authorized_requests AS "authorizedRequests", succeeds`;

const briefOf = (row: KeyRow): KeyBrief => ({
  id: row.id,
  name: row.name,
  lastFour: row.lastFour,
  status: keyStatus(row, new Date()),
});

/** A key as the gateway holds it: a replaced one ends with its grace. */
function lookupOf(tenantId: string, row: KeyRow): KeyLookup {
  const ends = [row.expiresAt, row.graceEndsAt].flatMap((date) => (date ? [date.getTime()] : []));
  return {
    id: row.id,
    tenantId,
    expiresAt: ends.length > 0 ? Math.min(...ends) : null,
    revokedAt: row.revokedAt?.getTime() ?? null,
    authorizedRequests: compileAuthorizedRequests(row.authorizedRequests),
    succeeds: row.succeeds,
  };
}

/** The key that is named by its id or by the SHA-256 of its secret. An unknown id is a mistake; an unknown hash an answer. */
async function findKey(
  tx: Transaction,
  tenantId: string,
  { apiKeyId, apiKeyHash }: Pick<ExplainInput, "apiKeyId" | "apiKeyHash">,
): Promise<Pick<Lookups, "key" | "brief">> {
  if (apiKeyId === null && apiKeyHash === null) return { key: "unknown", brief: null };
  const which = apiKeyId
    ? Prisma.sql`id = ${apiKeyId}::uuid`
    : Prisma.sql`key_hash = decode(${apiKeyHash}, 'hex')`;
  const [row] = await tx.$queryRaw<KeyRow[]>`
    SELECT ${COLUMNS} FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND ${which}`;
  if (row) return { key: lookupOf(tenantId, row), brief: briefOf(row) };
  if (apiKeyId) throw invalid([{ path: "apiKeyId", message: "is not a key of this tenant" }]);
  return { key: "unknown", brief: null };
}

const explainWith = defineQuery(
  "request.explain",
  async (
    { tx, actor },
    { input, token }: { input: ExplainInput; token: TokenLookup },
  ): Promise<Explanation> => {
    const { id, slug } = actor.tenant;
    const tenant = await tx.tenant.findFirst({ where: { id }, select: { liveRevision: true } });
    const { key, brief } = await findKey(tx, id, input);
    const sendsKey = input.apiKeyId !== null || input.apiKeyHash !== null;
    const explained = {
      wire: { method: input.method, target: input.path, headers: input.headers },
      authorization: input.authorization ?? undefined,
      apiKey: sendsKey ? PLACEHOLDER_KEY : undefined,
      body: new TextEncoder().encode(input.body?.text ?? ""),
      sourceIp: input.sourceIp,
    };
    const lookups = { key, brief, token };
    const now = Date.now();
    const draft = await loadDraft(tx, id);
    const live = await loadRevision(tx, id, tenant?.liveRevision ?? null);
    return {
      draft: explainSide(explained, { id, slug }, draft, lookups, now),
      live: explainSide(explained, { id, slug }, live, lookups, now, draft),
      key: brief,
    };
  },
);

/**
 * What the draft and the live revision make of a request, decided as a gateway decides, without side effects. A bearer
 * token is verified first, outside any transaction, and forgotten. Throws `invalid_input` for a key id that is not
 * this tenant's.
 */
export async function explain(actor: TenantActor, input: ExplainInput): Promise<Explanation> {
  const sent = bearerToken(input.authorization ?? undefined);
  const token = sent.kind === "token" ? (await checkToken(actor, sent.token)).lookup : "unavailable";
  return explainWith(actor, { input, token });
}

const MOST_MATCHES = 20;
const MOST_GAPS = 100;

type RefusalRow = Omit<Refusal, "at" | "gateway" | "route" | "key" | "queryNames" | "steps"> & {
  at: Date;
  queryNames: Prisma.JsonValue;
  steps: Prisma.JsonValue;
  instanceId: string;
  instanceName: string | null;
  routeId: string | null;
  inDraft: boolean;
  keyId: string | null;
} & { [Name in "name" | "lastFour"]: string | null } & {
  expiresAt: Date | null;
  graceEndsAt: Date | null;
  revokedAt: Date | null;
};

async function toRefusal(tx: Transaction, tenantId: string, row: RefusalRow): Promise<Refusal> {
  const revision = row.routeId ? await loadRevision(tx, tenantId, row.revision) : null;
  const route = row.routeId ? revision?.byId.get(row.routeId) : undefined;
  return {
    requestId: row.requestId,
    at: row.at.toISOString(),
    gateway: { id: row.instanceId, name: row.instanceName },
    revision: row.revision,
    status: row.status,
    code: row.code,
    message: row.message,
    method: row.method,
    path: row.path,
    queryNames: row.queryNames as string[],
    sourceIp: row.sourceIp,
    route: route ? { id: route.id, method: route.method, path: route.path, inDraft: row.inDraft } : null,
    key:
      row.keyId === null || row.name === null || row.lastFour === null
        ? null
        : { id: row.keyId, name: row.name, lastFour: row.lastFour, status: keyStatus(row, new Date()) },
    steps: row.steps as TraceStep[],
  };
}

/**
 * What the gateways refused under a request ID in the last 24 hours, newest first, as it was decided then. With it,
 * when refusals of this tenant were not written down: an ID that is not found may be one of those.
 */
export const findRefusals = defineQuery(
  "request.explain",
  async ({ tx, actor }, input: { requestId: string }): Promise<Refusals> => {
    const tenantId = actor.tenant.id;
    const rows = await tx.$queryRaw<RefusalRow[]>`
      SELECT r.request_id AS "requestId", r.at, r.revision, r.status, r.code, r.message, r.method, r.path,
        r.query_names AS "queryNames", r.source_ip AS "sourceIp", r.steps, r.instance_id AS "instanceId",
        g.name AS "instanceName", r.route_id AS "routeId", d.id IS NOT NULL AS "inDraft", k.id AS "keyId", k.name,
        k.last_four AS "lastFour", k.expires_at AS "expiresAt", k.grace_ends_at AS "graceEndsAt",
        k.revoked_at AS "revokedAt"
      FROM refusals r
      LEFT JOIN gateway_instances g ON g.id = r.instance_id
      LEFT JOIN draft_routes d ON d.id = r.route_id AND d.tenant_id = r.tenant_id
      LEFT JOIN api_keys k ON k.id = r.api_key_id AND k.tenant_id = r.tenant_id
      WHERE r.tenant_id = ${tenantId}::uuid AND r.request_id = ${input.requestId}
        AND r.at > now() - interval '24 hours'
      ORDER BY r.at DESC, r.id DESC LIMIT ${MOST_MATCHES}`;
    const gaps = await tx.$queryRaw<{ from: Date; until: Date; amount: bigint }[]>`
      SELECT min(from_at) AS "from", max(until_at) AS until, sum(amount)::bigint AS amount
      FROM unrecorded_refusals
      WHERE tenant_id = ${tenantId}::uuid AND until_at > now() - interval '24 hours'
      GROUP BY date_trunc('minute', from_at) ORDER BY 1 DESC LIMIT ${MOST_GAPS}`;
    const refusals: Refusal[] = [];
    for (const row of rows) refusals.push(await toRefusal(tx, tenantId, row));
    return {
      refusals,
      unrecorded: gaps.map(({ from, until, amount }) => ({
        from: from.toISOString(),
        until: until.toISOString(),
        amount: Number(amount),
      })),
    };
  },
);
