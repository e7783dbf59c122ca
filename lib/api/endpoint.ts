import type { z } from "zod";
import type { PersonActor, TenantActor } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permissions.ts";

/**
 * Whoever calls a public endpoint: nobody that is known. The headers are for the endpoints that sign people in, whose
 * cookies are not those of anybody yet.
 */
export type Caller = { requestId: string; ip: string; headers: Headers };

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call: anybody, anybody signed in, an operator of the installation, or whoever holds a permission in the
 * tenant of the path.
 */
export type Access =
  | { kind: "public" }
  | { kind: "person" }
  | { kind: "operator" }
  | { kind: "tenant"; permission: Permission };

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export type EndpointInput<ActorType, Query, Body> = {
  actor: ActorType;
  /** The path's parameters by name; those whose name ends in `id` are UUIDs, anything else was a 404 already. */
  params: Record<string, string>;
  query: Parsed<Query>;
  body: Parsed<Body>;
  /** What `If-Match` names, without quotes; null when the header is absent. */
  ifMatch: string | null;
};

/** One endpoint of the management API, as data: what dispatches, documents and tests it. */
export type Endpoint = {
  method: HttpMethod;
  /** Below `/api/v1`, with `{name}` for parameters. */
  path: string;
  summary: string;
  access: Access;
  query?: z.ZodType;
  body?: z.ZodType;
  response: z.ZodType;
  /** The status of success; 200 when left out. 204 sends no body. */
  status?: 200 | 201 | 202 | 204;
  /** The largest body taken, in bytes; 1 MiB when left out. */
  maxBodyBytes?: number;
  /** A GET that leaves something behind: another site's page may not have it asked for by cookie. */
  leavesTrace?: true;
  /** How many ordinary requests it counts as where requests are counted; 1 when left out. */
  cost?: number | ((query: URLSearchParams) => number);
  handle(input: EndpointInput<never, never, never>): Promise<unknown>;
};

type Definition<ActorType, Query, Body> = Omit<Endpoint, "access" | "query" | "body" | "handle"> & {
  query?: Query;
  body?: Body;
  handle(input: EndpointInput<ActorType, Query, Body>): Promise<unknown>;
};

type MaybeSchema = z.ZodType | undefined;

/** An endpoint for whoever is signed in; no tenant is involved. A service token, being no person, is refused (403). */
export function personEndpoint<Query extends MaybeSchema, Body extends MaybeSchema>(
  definition: Definition<PersonActor, Query, Body>,
): Endpoint {
  return { ...definition, access: { kind: "person" } } as unknown as Endpoint;
}

/**
 * An endpoint below `/support`, for operators of the installation; for everybody else who is signed in the dispatcher
 * answers 404, as for an address that is none.
 */
export function operatorEndpoint<Query extends MaybeSchema, Body extends MaybeSchema>(
  definition: Definition<PersonActor, Query, Body>,
): Endpoint {
  return { ...definition, access: { kind: "operator" } } as unknown as Endpoint;
}

/**
 * An endpoint below `/tenants/{tenant}`. The dispatcher has made sure that the actor is a member (else 404) and
 * holds the permission (else 403) before `handle` runs; the command checks the permission again.
 */
export function tenantEndpoint<Query extends MaybeSchema, Body extends MaybeSchema>(
  permission: Permission,
  definition: Definition<TenantActor, Query, Body>,
): Endpoint {
  return { ...definition, access: { kind: "tenant", permission } } as unknown as Endpoint;
}

/** An endpoint that needs no credentials. */
export function publicEndpoint<Query extends MaybeSchema, Body extends MaybeSchema>(
  definition: Definition<Caller, Query, Body>,
): Endpoint {
  return { ...definition, access: { kind: "public" } } as unknown as Endpoint;
}
