import { expect, type Page, test } from "./journey.ts";
import { expectNoViolation } from "./no-violation.ts";
import { GATEWAY_URL, partnerKey, signInAs } from "./session.ts";

const fresh = (what: string) => `${what}-${Date.now().toString(36)}`;

/** Asks the management API from inside the page, as its scripts do. */
async function post<T>(page: Page, path: string, body: unknown): Promise<T> {
  return page.evaluate(
    async ([path, body]) => {
      const response = await fetch(`/api/v1${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()).data;
    },
    [path, body] as const,
  );
}

/** A tenant of the journey's own, with keys of these names. */
async function tenantWithKeys(page: Page, keys: { name: string; expiresAt?: string }[]): Promise<string> {
  const slug = fresh("keys");
  await post(page, "/tenants", { slug, name: slug });
  for (const key of keys) await post(page, `/tenants/${slug}/keys`, key);
  return slug;
}

/** Everything that the browser sends from now on, as text. */
function watchRequests(page: Page): () => string {
  const sent: string[] = [];
  page.on("request", (request) => {
    sent.push(request.url(), request.postData() ?? "", JSON.stringify(request.headers()));
  });
  return () => sent.join("\n");
}

test("a pasted key is found without being sent, a mistyped one is called that, and its use is drawn", async ({
  page,
}) => {
  const key = partnerKey();
  const response = await fetch(`${GATEWAY_URL}/gw/acme/v1/users`, { headers: { "x-api-key": key } });
  expect(response.status).toBe(200);
  await signInAs(page, "acme", "owner");
  const sent = watchRequests(page);
  await page.goto("/t/acme/keys");
  await page.getByRole("button", { name: "Find a key" }).click();
  const dialog = page.getByRole("dialog", { name: "Find a key" });
  const field = dialog.getByLabel("Key, or a part of one");

  const at = 20;
  await field.fill(key.slice(0, at) + (key[at] === "a" ? "b" : "a") + key.slice(at + 1));
  await field.press("Enter");
  await expect(dialog.getByText(/checksum is wrong.*not sent anywhere/)).toBeVisible();
  await expect(field).toHaveValue("");

  await field.fill(key.slice(-4));
  await field.press("Enter");
  await expect(dialog.getByRole("list", { name: "Keys found" }).getByText(`…${key.slice(-4)}`)).toBeVisible();

  await field.fill(`X-Api-Key: ${key}`);
  await field.press("Enter");
  await expect(field).toHaveValue("");
  await expectNoViolation(page, "find a key");
  const found = dialog.getByRole("list", { name: "Keys found" }).getByRole("link");
  await expect(found).toHaveCount(1);
  await found.click();

  await page.waitForURL(/\/keys\/[0-9a-f-]{36}/);
  await expect(page.getByText(/^[1-9][\d,]* requests? in the last 24 hours/)).toBeVisible({
    timeout: 30_000,
  });
  await expect(page.getByRole("img", { name: /^Requests in the last 24 hours: [1-9]/ })).toBeVisible();
  await page.getByText("Show the numbers").click();
  await expect(page.getByRole("table", { name: /^Requests in/ }).getByRole("row")).toHaveCount(25);
  await page.getByRole("button", { name: "30 days" }).click();
  await expect(page.getByRole("img", { name: /^Requests in the last 30 days: [1-9]/ })).toBeVisible();
  await expect(
    page.getByRole("list", { name: "Routes that it opens" }).getByText("/v1/users").first(),
  ).toBeVisible();
  expect(sent()).not.toContain(key.slice(10, 40));
});

test("a key that is pasted into the search of the list stays out of the address", async ({ page }) => {
  const key = partnerKey();
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/keys");
  const sent = watchRequests(page);
  await page.getByRole("searchbox", { name: /Search by name/ }).fill(key);
  const dialog = page.getByRole("dialog", { name: "Find a key" });
  await dialog.getByRole("button", { name: "Find key" }).click();
  await expect(dialog.getByRole("list", { name: "Keys found" }).getByRole("link")).toHaveCount(1);
  expect(page.url()).not.toContain("gh_");
  expect(sent()).not.toContain(key.slice(10, 40));
});

test("after a leak, keys are revoked by selection and by when they were made, as many as were previewed", async ({
  page,
}) => {
  await signInAs(page, "acme", "owner");
  const slug = await tenantWithKeys(page, [
    { name: "One" },
    { name: "Two" },
    { name: "Three" },
    { name: "Four" },
  ]);
  await page.goto(`/t/${slug}/keys`);
  await page.getByRole("checkbox", { name: "Choose Two" }).check();
  await page.getByRole("checkbox", { name: "Choose Four" }).check();
  await page.getByRole("button", { name: "Revoke 2 keys…" }).click();
  const chosen = page.getByRole("dialog", { name: "Revoke the chosen keys?" });
  await expect(chosen.getByText("Four")).toBeVisible();
  const revoke = chosen.getByRole("button", { name: "Revoke 2 keys" });
  await expect(revoke).toHaveAccessibleDescription(/Say why first/);
  await chosen.getByLabel("Reason").fill("Leaked in a repository");
  await chosen.getByRole("textbox", { name: /to go on/ }).fill("revoke 2");
  await revoke.click();
  await expect(
    page.getByText(/2 keys are revoked · confirmed on (\d+) of \1 gateway.*after \d+ ms/),
  ).toBeVisible();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Revoke all made before…" }).click();
  const all = page.getByRole("dialog", { name: "Revoke all keys made before a moment?" });
  await all.getByLabel("Made before").fill("2099-01-01T00:00");
  await expect(all.getByText(/^2 keys get 401 from every gateway/)).toBeVisible();
  await all.getByLabel("Reason").fill("The laptop is gone");
  await all.getByRole("textbox", { name: /to go on/ }).fill("revoke 2");
  await all.getByRole("button", { name: "Revoke 2 keys" }).click();
  await expect(all).toBeHidden();
  await expect(page.getByRole("cell", { name: "Revoked" })).toHaveCount(4);
});

test("keys about to expire are announced, marked and listed; a key is renamed", async ({ page }) => {
  await signInAs(page, "acme", "owner");
  const expiresAt = new Date(Date.now() + 5.5 * 86_400_000).toISOString();
  const slug = await tenantWithKeys(page, [{ name: "Lasting" }, { name: "Ending", expiresAt }]);
  await page.goto(`/t/${slug}`);
  await expect(page.getByText(/^1 key expires within 30 days, the first in 5 d$/)).toBeVisible();
  await page.getByRole("link", { name: "See keys" }).click();
  await expect(page.getByRole("link", { name: "Ending" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Lasting" })).toBeHidden();
  await expect(page.getByText("in 5 d")).toBeVisible();
  await page.getByLabel("Expiry").selectOption({ label: "Any expiry" });
  await page.getByLabel("Use", { exact: true }).selectOption({ label: "Never used" });
  await expect(page.getByRole("link", { name: "Lasting" })).toBeVisible();

  await page.getByRole("link", { name: "Ending" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit name and description" });
  await edit.getByRole("textbox", { name: /^Name/ }).fill("Ending soon");
  await edit.getByRole("button", { name: "Save key" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ending soon" })).toBeVisible();
});
