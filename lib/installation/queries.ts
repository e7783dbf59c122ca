import { readFileSync } from "node:fs";
import path from "node:path";
import type { Actor } from "#lib/access/actor.ts";
import { assertOperator } from "#lib/access/authorize.ts";
import { DEFAULT_RETENTION } from "#lib/contract/job-retention.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { describeProviders } from "#lib/identities/queries.ts";
import type { Operator, Setup } from "./schema.ts";

/** An installation has a handful; more than this is a mistake that the list need not show whole. */
const MOST_OPERATORS = 200;

function version(): string {
  try {
    const text = readFileSync(path.join(process.cwd(), "package.json"), "utf8");
    return String((JSON.parse(text) as { version?: unknown }).version);
  } catch {
    return "unknown";
  }
}

type KeyRow = { keyId: string; secrets: bigint };

/** How the installation is set up, for operators: what is configured and what depends on it, nothing secret. */
export async function getSetup(actor: Actor): Promise<Setup> {
  assertOperator(actor);
  const { required, sealed } = await withUser(actor.userId, async (tx) => ({
    required: await tx.$queryRaw<{ provider: string; tenants: bigint }[]>`
      SELECT provider, tenants FROM support_required_providers()`,
    sealed: await tx.$queryRaw<KeyRow[]>`
      SELECT key_id AS "keyId", sum(secrets)::bigint AS secrets FROM support_sealed_secrets()
      GROUP BY key_id ORDER BY key_id`,
  }));
  const demanded = new Map(required.map((row) => [row.provider, Number(row.tenants)]));
  const providers = describeProviders();
  const ring = env.encryptionKeyring.map(({ id }) => id);
  const counts = new Map(sealed.map((row) => [row.keyId, Number(row.secrets)]));
  const { consoleUrl } = env;
  return {
    version: version(),
    consoleUrl,
    mail: { configured: env.smtpUrl !== null, from: env.mailFrom },
    providers: providers.map((provider) => ({
      ...provider,
      redirectUri: `${consoleUrl.replace(/\/$/, "")}/api/auth/callback/${provider.name}`,
      requiredBy: demanded.get(provider.name) ?? 0,
    })),
    missingProviders: [...demanded]
      .filter(([name]) => !providers.some((provider) => provider.name === name))
      .map(([name, tenants]) => ({ name, tenants })),
    encryption: {
      keys: [
        ...ring.map((id, place) => ({
          id,
          state: place === 0 ? ("newest" as const) : ("older" as const),
          secrets: counts.get(id) ?? 0,
        })),
        ...[...counts]
          .filter(([id]) => !ring.includes(id))
          .map(([id, secrets]) => ({ id, state: "unknown" as const, secrets })),
      ],
    },
    retentionDays: DEFAULT_RETENTION,
  };
}

/** Why somebody stays an operator; null when they need not. */
export const whyNotRevoke = (id: string, active: readonly string[]): string | null =>
  active.length === 1 && active[0] === id
    ? "Somebody has to run the installation: name another operator first."
    : null;

/** Who runs the installation. */
export async function listOperators(actor: Actor): Promise<Operator[]> {
  assertOperator(actor);
  const rows = await database().user.findMany({
    where: { isOperator: true },
    select: {
      id: true,
      name: true,
      email: true,
      disabledAt: true,
      hasSecondFactor: true,
      sessions: { select: { lastSeenAt: true }, orderBy: { lastSeenAt: "desc" }, take: 1 },
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: MOST_OPERATORS,
  });
  const active = rows.filter(({ disabledAt }) => disabledAt === null).map(({ id }) => id);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    disabled: row.disabledAt !== null,
    secondFactor: row.hasSecondFactor,
    lastSeenAt: row.sessions[0]?.lastSeenAt.toISOString() ?? null,
    you: row.id === actor.userId,
    whyNotRevoke: whyNotRevoke(row.id, active),
  }));
}
