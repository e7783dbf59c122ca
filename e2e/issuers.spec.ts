import { randomBytes } from "node:crypto";
import { SignJWT } from "jose";
import { expect, test } from "./journey.ts";
import { GATEWAY_URL, resetDraft, signInAs } from "./session.ts";

test.afterAll(resetDraft);

test("an issuer is added, its token is tried, opens a route, and is refused once the issuer is gone", async ({
  page,
}) => {
  const secret = randomBytes(32).toString("hex");
  const name = `Journey ${secret.slice(0, 6)}`;
  const token = await new SignJWT({ scope: "orders:read" })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(name)
    .setAudience("journey")
    .setSubject("somebody")
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(secret));
  const path = `/journey-${secret.slice(0, 6)}`;
  const base = "/api/v1/tenants/acme";
  await signInAs(page, "acme", "owner");
  const headers = { origin: new URL(page.url()).origin };
  const made = await page.request.post(`${base}/routes`, {
    headers,
    data: {
      method: "GET",
      path,
      target: { type: "function", function: "hello" },
      auth: { mode: "bearer", requiredScopes: ["orders:read"] },
    },
  });
  expect(made.status()).toBe(201);
  const { data: route } = await made.json();
  const { data: changes } = await (await page.request.get(`${base}/changes`)).json();
  const published = await page.request.post(`${base}/publish`, {
    headers,
    data: {
      draftVersion: changes.draftVersion,
      note: "journey",
      acceptWarnings: [`no_issuer:${route.id}:auth.mode`],
    },
  });
  expect(published.ok(), await published.text()).toBe(true);
  const status = async () =>
    (
      await page.request.get(`${GATEWAY_URL}/gw/acme${path}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status();
  await expect.poll(status).toBe(401);

  await page.goto("/t/acme/issuers");
  await page.getByRole("button", { name: "Add issuer" }).click();
  const panel = page.getByRole("dialog", { name: "Add issuer" });
  await panel.getByLabel("Name").fill(name);
  await panel.getByLabel("Issuer (iss)").fill(name);
  await panel.getByLabel("Audiences (aud)").fill("journey");
  await panel.getByLabel("How its tokens are verified").selectOption({ label: "A shared secret (HMAC)" });
  await panel.getByLabel("Shared secret", { exact: true }).fill("too short");
  await panel.getByRole("button", { name: "Add issuer" }).click();
  await expect(panel.getByText("Needs at least 32 bytes")).toBeVisible();
  await panel.getByLabel("Shared secret", { exact: true }).fill(secret);
  await panel.getByRole("button", { name: "Add issuer" }).click();
  await expect(page.getByRole("table", { name: "Issuers" }).getByText(name).first()).toBeVisible();
  await expect.poll(status).toBe(200);

  await page.getByLabel("Token", { exact: true }).fill(`Bearer ${token}`);
  await page.getByRole("button", { name: "Test token" }).click();
  await expect(page.getByText("The token is good.")).toBeVisible();
  await expect(page.getByText("orders:read").first()).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete issuer" }).click();
  const question = page.getByRole("dialog", { name: `Delete ${name}?` });
  await expect(question.getByText("live route asks for a bearer token")).toBeVisible();
  await question.getByRole("button", { name: "Delete issuer" }).click();
  await expect(page.getByRole("button", { name: `Actions for ${name}` })).toBeHidden();
  await expect.poll(status).toBe(401);

  await page.request.delete(`${base}/routes/${route.id}`, { headers });
});
