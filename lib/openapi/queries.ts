import type { TenantActor } from "#lib/access/actor.ts";
import { authorize } from "#lib/access/authorize.ts";
import { type Command, defineQuery } from "#lib/command/define.ts";
import type { RouteFields } from "#lib/contract/route.ts";
import type { Transaction } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { unknownKeyIds } from "#lib/keys/queries.ts";
import { loadDraft, loadRevision } from "#lib/publishing/loaded.ts";
import { describeTarget } from "#lib/routes/rules.ts";
import { type Planned, planImport } from "./plan.ts";
import { type ReadDocument, readDocument } from "./read/document.ts";
import type { Note } from "./read/notes.ts";
import type { ReadOperation } from "./read/operation.ts";
import { readSource } from "./read/source.ts";
import type { OpenApiPreview, PreviewOpenApi, PreviewOperation } from "./schema.ts";
import { exportOpenApi } from "./write/document.ts";
import { toYaml } from "./write/yaml.ts";

/** Reads the text of a document with the choices made about it. Throws `invalid_input` naming the place. */
export async function readOpenApi(input: PreviewOpenApi): Promise<ReadDocument> {
  const source = await readSource(input.document);
  return readDocument(source, {
    target: input.target,
    pathPrefix: input.pathPrefix,
    unsecured: input.unsecured,
  });
}

/** Which of the keys that the operations name are keys of this tenant. */
export async function knownKeysOf(
  tx: Transaction,
  tenantId: string,
  operations: readonly ReadOperation[],
): Promise<Set<string>> {
  const named = new Set<string>();
  for (const { stated } of operations) {
    const auth = stated.auth as { allowedApiKeyIds?: unknown } | undefined;
    if (!Array.isArray(auth?.allowedApiKeyIds)) continue;
    for (const id of auth.allowedApiKeyIds) {
      if (typeof id === "string" && /^[0-9a-f-]{36}$/i.test(id)) named.add(id.toLowerCase());
    }
  }
  if (named.size === 0) return named;
  for (const id of await unknownKeyIds(tx, tenantId, [...named])) named.delete(id);
  return named;
}

const queryNames = (validation: RouteFields["validation"]): string[] => {
  const query = validation?.query;
  const properties = typeof query === "object" && query !== null ? query.properties : null;
  return typeof properties === "object" && properties !== null ? Object.keys(properties).slice(0, 100) : [];
};

function toPreview({ operation, state, fields, existing, changes, problem }: Planned): PreviewOperation {
  const auth = fields?.auth;
  return {
    pointer: operation.pointer,
    operationId: operation.operationId,
    method: operation.method,
    path: fields?.path ?? operation.template,
    name: fields?.name ?? "",
    description: fields?.description.slice(0, 500) ?? "",
    tags: fields?.tags ?? [],
    deprecated: operation.deprecated,
    enabled: fields?.enabled ?? true,
    auth: auth?.mode ?? null,
    scopes: auth?.mode === "bearer" ? auth.requiredScopes : [],
    target: fields ? describeTarget(fields.target) : "",
    checks: { body: fields?.validation?.body != null, query: queryNames(fields?.validation ?? null) },
    state,
    existing: existing && { id: existing.id, path: existing.path },
    changes,
    problem,
    notes: operation.notes.listed.slice(0, 100),
  };
}

function countNotes(document: ReadDocument): { what: string; count: number }[] {
  const counts = new Map(document.notes.counts);
  for (const { notes } of document.operations) {
    for (const [what, count] of notes.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  }
  return [...counts].map(([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count);
}

const planned = defineQuery("draft.edit", async ({ tx, actor }, document: ReadDocument) => {
  const { version, routes } = await loadDraft(tx, actor.tenant.id);
  const keys = await knownKeysOf(tx, actor.tenant.id, document.operations);
  return { version, plan: await planImport(document.operations, routes, keys) };
});

async function preview(actor: TenantActor, input: PreviewOpenApi): Promise<OpenApiPreview> {
  authorize(actor, "draft.edit");
  // Read before the transaction begins: a large document takes longer than a connection should be held.
  const document = await readOpenApi(input);
  const { version, plan } = await planned(actor, document);
  return {
    openapi: document.openapi,
    title: document.title,
    draftVersion: version,
    servers: document.servers,
    target: document.target,
    operations: plan.map(toPreview),
    notes: document.notes.listed satisfies Note[],
    notUnderstood: countNotes(document),
  };
}

/** What importing a document would do to the draft. Changes nothing, and fetches nothing that it refers to. */
export const previewOpenApi: Command<PreviewOpenApi, OpenApiPreview> = Object.assign(preview, {
  permission: "draft.edit" as const,
});

/** A revision as an OpenAPI 3.1 document that imports to the same routes. Throws `not_found`. */
export const exportRevision: Command<{ number: number }, Record<string, unknown>> = Object.assign(
  async (actor: TenantActor, { number }: { number: number }) => {
    const routes = await revisionRoutes(actor, { number });
    const server = `${env.gatewayUrl}/gw/${actor.tenant.slug}`;
    return exportOpenApi({ routes, tenant: actor.tenant, number, server });
  },
  { permission: "tenant.read" as const },
);

/** The same as YAML. Throws `not_found`. */
export const exportRevisionAsYaml: Command<{ number: number }, string> = Object.assign(
  async (actor: TenantActor, input: { number: number }) => toYaml(await exportRevision(actor, input)),
  { permission: "tenant.read" as const },
);

const revisionRoutes = defineQuery("tenant.read", async ({ tx, actor }, { number }: { number: number }) => {
  const { version, routes } = await loadRevision(tx, actor.tenant.id, number);
  if (version !== number) throw notFound("revision");
  return routes;
});
