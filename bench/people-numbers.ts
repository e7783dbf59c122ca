import { randomUUID } from "node:crypto";
import type pg from "pg";
import { uuidv7 } from "#lib/contract/uuid.ts";

/** The value below which `share` (0–1) of the times lie, by nearest rank. */
export function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

/** `p50, p95, max` in words. */
export const spread = (times: readonly number[]): string =>
  `p50 ${ms(quantile(times, 0.5))}, p95 ${ms(quantile(times, 0.95))}, max ${ms(quantile(times, 1))}`;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Makes so many people members of a tenant, as a superuser: names and addresses of a realistic length. */
export async function addMembers(client: pg.ClientBase, tenantId: string, count: number): Promise<void> {
  await client.query(
    `WITH made AS (
       INSERT INTO users (id, email, name)
       SELECT uuidv7(), 'person-' || i || '@bench-' || left($1::text, 8) || '.example',
         (ARRAY['Ada','Bo','Chi','Dana','Eli','Fay','Gus','Hana'])[1 + i % 8] || ' Number ' || i
       FROM generate_series(1, $2::int) i RETURNING id)
     INSERT INTO memberships (tenant_id, user_id, role)
     SELECT $1::uuid, id, (ARRAY['viewer','developer','support','admin'])[1 + (random() * 3)::int] FROM made`,
    [tenantId, count],
  );
  await client.query("VACUUM ANALYZE users, memberships");
}

/** Makes so many tenants of which one person is a member. */
export async function addTenants(client: pg.ClientBase, userId: string, count: number): Promise<void> {
  await client.query(
    `WITH made AS (
       INSERT INTO tenants (id, slug, name)
       SELECT uuidv7(), 'many-' || i, 'Tenant number ' || i FROM generate_series(1, $2::int) i RETURNING id)
     INSERT INTO memberships (tenant_id, user_id, role) SELECT id, $1::uuid, 'viewer' FROM made`,
    [userId, count],
  );
  await client.query("VACUUM ANALYZE tenants, memberships");
}

/** A browser that signs in through the form's own address; gives the time of the answer that brings the session. */
export async function signInOnce(
  url: string,
  email: string,
  password: string,
): Promise<() => Promise<number>> {
  const csrf = await fetch(`${url}/api/auth/csrf`);
  const cookie = csrf.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const body = new URLSearchParams({ csrfToken, email, password, callbackUrl: url, json: "true" });
  return () =>
    timed(async () => {
      const response = await fetch(`${url}/api/auth/callback/credentials`, {
        method: "POST",
        headers: { cookie, origin: url, "content-type": "application/x-www-form-urlencoded" },
        body,
        redirect: "manual",
      });
      await response.text();
      const signedIn = response.headers.getSetCookie().some((line) => line.includes("gatehouse.session="));
      if (!signedIn) throw new Error(`sign-in: ${response.status}`);
    });
}

/**
 * Asks in four lines at once while `revoke` takes something away; gives how many requests that were begun after it had
 * answered were let through all the same.
 */
export async function letThroughAfter(
  ask: () => Promise<boolean>,
  revoke: () => Promise<unknown>,
): Promise<number> {
  let revoked = false;
  let after = 0;
  let through = 0;
  const line = async () => {
    while (after < 40) {
      const begunAfter = revoked;
      const letIn = await ask();
      if (begunAfter) {
        after++;
        if (letIn) through++;
      }
    }
  };
  const lines = [line(), line(), line(), line()];
  if (!(await ask())) throw new Error("was refused before anything was revoked");
  await revoke();
  revoked = true;
  await Promise.all(lines);
  return through;
}

export const unique = () => `${randomUUID().slice(0, 8)}${uuidv7().slice(-4)}`;
