import { readFile } from "node:fs/promises";
import { expect, test } from "./journey.ts";
import { expectNoViolationInEitherTheme } from "./no-violation.ts";
import { GATEWAY_URL, signInAs } from "./session.ts";

const fresh = () => `gone-${Date.now().toString(36)}`;

test("an owner finds who did what, opens it, verifies the chain and exports what is shown; new entries come by themselves", async ({
  page,
  context,
}) => {
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme");
  await page.getByRole("link", { name: "Audit", exact: true }).click();
  await expect(page).toHaveURL(/\/t\/acme\/audit$/);
  const table = page.getByRole("region", { name: "Audit log" });
  await expect(table.getByRole("row").nth(1)).toBeVisible();

  // Something happens elsewhere: it is here without reloading.
  const name = `Audited ${Date.now().toString(36)}`;
  const elsewhere = await context.newPage();
  const base = new URL(page.url()).origin;
  const made = await elsewhere.request.post(`${base}/api/v1/tenants/acme/alert-rules`, {
    headers: { origin: base },
    data: { name, kind: "age", maxAgeHours: 1 },
  });
  expect(made.status()).toBe(201);
  await expect(table.getByText(name)).toBeVisible({ timeout: 15_000 });

  await table.getByRole("link", { name: new RegExp(`added alert rule.*${name}`) }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  await expect(page.getByRole("list", { name: "What changed" })).toContainText(name);
  await expect(page.getByText("alert.create")).toBeVisible();
  await expectNoViolationInEitherTheme(page, "an audit entry");
  await page.getByRole("link", { name: "All that happened to it" }).click();
  await expect(page).toHaveURL(/target=/);
  await expect(table.getByRole("row")).toHaveCount(2);

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    (async () => {
      await page.getByRole("button", { name: "Export what is shown" }).click();
      await page.getByRole("menuitem", { name: /As CSV/ }).click();
    })(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^acme-audit-\d{4}-\d\d-\d\d\.csv$/);
  const csv = await readFile(await file.path(), "utf8");
  expect(csv.trim().split("\r\n")).toHaveLength(2);
  expect(csv).toContain("alert.create");

  await page.getByRole("button", { name: "Verify the chain" }).click();
  await expect(page.getByText(/^Verified up to entry/)).toBeVisible({ timeout: 15_000 });
});

test("a viewer has no audit page in the navigation and is told who has", async ({ page }) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/audit");
  await expect(page.getByRole("heading", { name: "The audit log is for owners and admins" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Audit", exact: true })).toHaveCount(0);
});

test("an owner deletes a tenant after seeing what stops, and has it back", async ({ page }) => {
  await signInAs(page, "acme", "owner");
  const slug = fresh();
  await page.goto("/new-tenant");
  const base = new URL(page.url()).origin;
  const made = await page.request.post(`${base}/api/v1/tenants`, {
    headers: { origin: base },
    data: { slug, name: "Short-lived" },
  });
  expect(made.status()).toBe(201);
  const code = async () => {
    const response = await page.request.get(`${GATEWAY_URL}/gw/${slug}/x`);
    return (await response.json()).error.code;
  };
  await expect.poll(code).toBe("route_not_found");

  await page.goto(`/t/${slug}/settings#delete`);
  await page.getByRole("button", { name: "Delete tenant…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Short-lived?" });
  await expect(dialog.getByText("Live routes")).toBeVisible();
  await dialog.getByLabel(/to go on/).fill(slug);
  await dialog.getByRole("button", { name: "Delete tenant" }).click();
  await expect(page).toHaveURL(/\/deleted-tenants$/);
  await expect(page.getByRole("listitem").filter({ hasText: slug })).toContainText("Short-lived");
  await expectNoViolationInEitherTheme(page, "recently deleted tenants");
  await expect.poll(code).toBe("tenant_not_found");
  expect((await page.goto(`/t/${slug}`))?.status()).toBe(404);

  await page.goto("/deleted-tenants");
  await page
    .getByRole("listitem")
    .filter({ hasText: slug })
    .getByRole("button", { name: /^Restore/ })
    .click();
  await expect(page).toHaveURL(new RegExp(`/t/${slug}$`));
  await expect.poll(code).toBe("route_not_found");
});
