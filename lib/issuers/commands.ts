import { actorLabel } from "#lib/access/actor.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { ALGORITHMS, DEFAULT_ALGORITHMS, type IssuerKind } from "#lib/contract/issuer.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { env } from "#lib/env.ts";
import { conflict, DomainError, invalid, notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { urlProblem } from "#lib/outbound/url-problem.ts";
import { issuerSecretBinding, type SealedSecret, sealSecret } from "#lib/secrets/sealed-secret.ts";
import { type IssuerRow, toIssuerView } from "./queries.ts";
import { MAX_ISSUERS, secretBytes } from "./rules.ts";
import type { EditedIssuer, IssuerView, NewIssuer } from "./schema.ts";

/** What an audit entry tells of an issuer: never its secret, only that there is a new one. */
const audited = (
  row: Pick<
    IssuerRow,
    "name" | "iss" | "audiences" | "jwksUrl" | "algorithms" | "clockSkewSeconds" | "enabled"
  >,
) => ({
  name: row.name,
  iss: row.iss,
  audiences: row.audiences,
  jwksUrl: row.jwksUrl,
  algorithms: row.algorithms,
  clockSkewSeconds: row.clockSkewSeconds,
  enabled: row.enabled,
});

function assertUrl(url: string | undefined): void {
  const problem = url === undefined ? null : urlProblem(url, env.allowInternalUpstreams);
  if (problem) throw invalid([{ path: "jwksUrl", message: problem }]);
}

async function assertFree({ tx, actor }: CommandContext, iss: string, except?: string): Promise<void> {
  const taken = await tx.issuer.findFirst({
    where: { tenantId: actor.tenant.id, iss, deletedAt: null, ...(except ? { id: { not: except } } : {}) },
    select: { name: true },
  });
  if (taken) throw conflict(`The issuer '${taken.name}' has this iss already; a token names exactly one.`);
}

function seal(
  tenantId: string,
  id: string,
  input: Pick<NewIssuer, "secret" | "secretEncoding">,
): SealedSecret | null {
  if (input.secret === undefined) return null;
  const bytes = secretBytes(input.secret, input.secretEncoding);
  if (!bytes) throw invalid([{ path: "secret", message: "cannot be read" }]);
  if (env.encryptionKeyring.length === 0) {
    throw new DomainError(
      "unavailable",
      "A shared secret cannot be stored here: GATEHOUSE_ENCRYPTION_KEY is not set. Whoever runs this installation must give it to the console and the gateways.",
    );
  }
  return sealSecret(env.encryptionKeyring, bytes, issuerSecretBinding(tenantId, id));
}

const bytesOf = ({ sealed, keyId }: SealedSecret) => ({ secret: new Uint8Array(sealed), secretKeyId: keyId });

/** Adds an issuer whose tokens are accepted from the gateways' next look at the changes. */
export const createIssuer = defineCommand(
  "key.manage",
  async (context, input: NewIssuer): Promise<IssuerView> => {
    const { tx, actor, audit, notify } = context;
    const tenantId = actor.tenant.id;
    assertUrl(input.jwksUrl);
    const count = await tx.issuer.count({ where: { tenantId, deletedAt: null } });
    if (count >= MAX_ISSUERS) throw conflict(`A tenant can have ${MAX_ISSUERS} issuers at most.`);
    await assertFree(context, input.iss);
    const id = uuidv7();
    const sealed = seal(tenantId, id, input);
    const row = await tx.issuer.create({
      data: {
        id,
        tenantId,
        name: input.name,
        iss: input.iss,
        audiences: input.audiences,
        kind: input.kind,
        jwksUrl: input.jwksUrl ?? null,
        ...(sealed ? bytesOf(sealed) : {}),
        algorithms: [...(input.algorithms ?? DEFAULT_ALGORITHMS[input.kind])],
        clockSkewSeconds: input.clockSkewSeconds,
        enabled: input.enabled,
        createdByLabel: actorLabel(actor),
      },
    });
    await audit({
      action: "issuer.create",
      targetType: "issuer",
      targetId: id,
      after: { ...audited(row), kind: row.kind },
    });
    await notify("changed");
    return toIssuerView(row);
  },
);

/** Throws `not_found`, or `conflict` when `version` is not the current one. */
async function current(
  { tx, actor }: CommandContext,
  id: string,
  version: number | null,
): Promise<IssuerRow> {
  const row = await tx.issuer.findFirst({ where: { id, tenantId: actor.tenant.id, deletedAt: null } });
  if (!row) throw notFound("issuer");
  if (version !== null && row.version !== version) throw staleVersion(row.version);
  return row;
}

function assertFits(kind: IssuerKind, input: EditedIssuer): void {
  const known: readonly string[] = ALGORITHMS[kind];
  const other = kind === "jwks" ? "secret" : "jwksUrl";
  if (input[other] !== undefined) {
    throw invalid([{ path: other, message: "does not belong to this kind of issuer" }]);
  }
  if (input.algorithms?.some((each) => !known.includes(each))) {
    throw invalid([
      { path: "algorithms", message: `must be among ${known.join(", ")} for this kind of issuer` },
    ]);
  }
}

/** Changes an issuer, or replaces its secret. Saving what was not changed changes nothing. */
export const editIssuer = defineCommand(
  "key.manage",
  async (context, input: EditedIssuer & { id: string; version: number }): Promise<IssuerView> => {
    const { tx, actor, audit, notify } = context;
    const before = await current(context, input.id, input.version);
    assertFits(before.kind as IssuerKind, input);
    assertUrl(input.jwksUrl);
    if (input.iss !== undefined && input.iss !== before.iss) await assertFree(context, input.iss, before.id);
    const after = {
      name: input.name ?? before.name,
      iss: input.iss ?? before.iss,
      audiences: input.audiences ?? before.audiences,
      jwksUrl: input.jwksUrl ?? before.jwksUrl,
      algorithms: input.algorithms ?? before.algorithms,
      clockSkewSeconds: input.clockSkewSeconds ?? before.clockSkewSeconds,
      enabled: input.enabled ?? before.enabled,
    };
    const sealed = seal(actor.tenant.id, before.id, input);
    if (!sealed && JSON.stringify(after) === JSON.stringify(audited(before))) return toIssuerView(before);
    const changed = {
      ...after,
      ...(sealed ? bytesOf(sealed) : {}),
      updatedAt: new Date(),
      version: before.version + 1,
    };
    const { count } = await tx.issuer.updateMany({
      where: { id: before.id, tenantId: actor.tenant.id, version: before.version, deletedAt: null },
      data: changed,
    });
    if (count === 0) throw staleVersion(before.version + 1);
    await audit({
      action: "issuer.edit",
      targetType: "issuer",
      targetId: before.id,
      before: audited(before),
      after: { ...after, ...(sealed ? { secret: "replaced" } : {}) },
    });
    await notify("changed");
    return toIssuerView({ ...before, ...changed });
  },
);

/** Takes an issuer away; its tokens are refused from the gateways' next look at the changes. Its secret is erased. */
export const deleteIssuer = defineCommand(
  "key.manage",
  async (context, input: { id: string; version: number | null }): Promise<void> => {
    const { tx, actor, audit, notify } = context;
    const before = await current(context, input.id, input.version);
    const { count } = await tx.issuer.updateMany({
      where: { id: before.id, tenantId: actor.tenant.id, version: before.version, deletedAt: null },
      data: { deletedAt: new Date(), secret: null, secretKeyId: null, version: before.version + 1 },
    });
    if (count === 0) throw staleVersion(before.version + 1);
    await audit({
      action: "issuer.delete",
      targetType: "issuer",
      targetId: before.id,
      before: { ...audited(before), kind: before.kind },
    });
    await notify("changed");
  },
);
