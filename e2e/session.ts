import { readFileSync } from "node:fs";
import { type Cookie, expect, type Page } from "@playwright/test";
import { stackOfThisWorker } from "./stack.ts";

type User = { email: string; password: string; token: string };
type Demo = {
  operator: User;
  tenants: Record<
    string,
    { users: Record<string, User>; apiKeys?: Record<string, { id: string; key: string }> }
  >;
};

const stack = stackOfThisWorker();
const demo: Demo = JSON.parse(readFileSync(stack.demoFile, "utf8"));

/** Where the demo's gateway answers. */
export const GATEWAY_URL = stack.gatewayUrl;

/** The key of the demo's partner, which every route of acme accepts. */
export const partnerKey = (): string => {
  const key = demo.tenants.acme?.apiKeys?.partner?.key;
  if (!key) throw new Error("the demo has no partner key");
  return key;
};

/** The demo's person with this role in the tenant. */
export function demoPerson(tenant: string, role: string): User {
  const user = demo.tenants[tenant]?.users[role];
  if (!user) throw new Error(`the demo has no ${role} of ${tenant}`);
  return user;
}

/** Brings a page in as the demo's person with this role in the tenant: on a session from before where there is one. */
export const signInAs = (page: Page, tenant: string, role: string): Promise<void> =>
  bringIn(page, demoPerson(tenant, role));

/** Opens a session of its own for the person, through the form: for journeys about sessions. */
export const signInAfresh = (page: Page, tenant: string, role: string): Promise<void> =>
  signIn(page, demoPerson(tenant, role));

/** Brings a page in as the operator of the demo's installation, who is a member of nothing. */
export const signInAsOperator = (page: Page): Promise<void> => bringIn(page, demo.operator);

/** Ends whatever support session the demo's operator has open. */
export async function leaveEveryTenant(): Promise<void> {
  const address = `${stack.consoleUrl}/api/v1/support/sessions`;
  const headers = { authorization: `Bearer ${demo.operator.token}`, "content-type": "application/json" };
  const open = await fetch(`${address}?state=open&limit=100`, { headers });
  const { data } = (await open.json()) as { data: { id: string; mine: boolean }[] };
  for (const { id, mine } of data) {
    if (mine) await fetch(`${address}/${id}/end`, { method: "POST", headers, body: "{}" });
  }
}

/** Ends the session in this browser. The page is left first: it asks for news, and would lead to the sign-in itself. */
export async function forgetSession(page: Page): Promise<void> {
  await page.goto("about:blank");
  await page.context().clearCookies();
}

/** Shorter than what makes the console ask again who it is. */
const KEPT_MS = 8 * 60_000;
const kept = new Map<string, { cookies: Cookie[]; since: number }>();

async function bringIn(page: Page, user: User): Promise<void> {
  const known = kept.get(user.email);
  if (known && Date.now() - known.since < KEPT_MS) {
    await page.context().addCookies(known.cookies);
    await page.goto("/");
    if (!page.url().includes("/sign-in")) return; // else a journey has ended that session
    await forgetSession(page);
  }
  await signIn(page, user);
  const cookies = await page.context().cookies();
  kept.set(user.email, {
    cookies: cookies.filter(({ name }) => name.endsWith("gatehouse.session")),
    since: Date.now(),
  });
}

async function signIn(page: Page, user: User): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Enqueues a job of the demo's flaky function that fails in both of its attempts; gives its id. */
export async function enqueueFailingJob(page: Page): Promise<string> {
  const response = await page.request.post(`${GATEWAY_URL}/gw/acme/v1/inventory/sync`, {
    headers: { "x-api-key": partnerKey() },
    data: { fail: true },
  });
  expect(response.status()).toBe(202);
  const { data } = await response.json();
  return data.jobId;
}

/**
 * Makes acme's draft what is live again. Journeys share the demo: what one leaves in the draft, with its warnings,
 * would be in the way of the next one that publishes.
 */
export async function resetDraft(): Promise<void> {
  const address = `${stack.consoleUrl}/api/v1/tenants/acme`;
  const headers = {
    authorization: `Bearer ${demo.tenants.acme?.users.owner?.token}`,
    "content-type": "application/json",
  };
  const changes = await fetch(`${address}/changes`, { headers });
  const { draftVersion } = ((await changes.json()) as { data: { draftVersion: number } }).data;
  const body = JSON.stringify({ draftVersion, revision: null, routeIds: null });
  const reset = await fetch(`${address}/draft/reset`, { method: "POST", headers, body });
  expect(reset.status).toBe(200);
}
