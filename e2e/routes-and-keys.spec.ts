import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "./journey.ts";
import { GATEWAY_URL, resetDraft, signInAs } from "./session.ts";

test.afterAll(resetDraft);

/** What the gateway answers to a GET of the path, with or without a key. */
async function statusOf(path: string, key?: string): Promise<number> {
  const response = await fetch(`${GATEWAY_URL}/gw/acme${path}`, key ? { headers: { "x-api-key": key } } : {});
  await response.arrayBuffer();
  return response.status;
}

/** A path and a name that no other run of these journeys uses. */
const fresh = (what: string) => `${what}-${Date.now().toString(36)}`;

async function createRoute(page: Page, path: string): Promise<void> {
  await page.goto("/t/acme/routes/new");
  await page.getByLabel("Path", { exact: true }).fill(path);
  const target = page.getByRole("combobox", { name: "Function" });
  await target.fill("hello");
  await target.press("Tab");
  await page.getByRole("button", { name: "Create route" }).click();
  await page.waitForURL(/\/routes\/[0-9a-f-]{36}/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(path);
}

test("a route made in the browser answers its key, and nobody else, until the key is revoked", async ({
  page,
}) => {
  const path = `/journey/${fresh("route")}`;
  const keyName = fresh("Journey");
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme/routes");
  await createRoute(page, path);
  expect(await statusOf(path)).toBe(404);

  await page.goto("/t/acme/keys");
  await page.getByRole("button", { name: "Mint key" }).click();
  const mint = page.getByRole("dialog", { name: "Mint a key" });
  await mint.getByLabel("Name").fill(keyName);
  await mint.getByRole("button", { name: "Mint key" }).click();
  const once = page.getByRole("dialog", { name: `The key “${keyName}”` });
  const secret = (await once.getByText(/^gh_/).textContent())?.trim() ?? "";
  expect(secret).toHaveLength(52);
  await once.getByRole("checkbox", { name: "I have stored it" }).click();
  await once.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("link", { name: keyName })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  await page.reload();
  expect(await page.content()).not.toContain(secret);

  await page.goto("/t/acme/changes");
  await expect(page.getByRole("list", { name: "Changes" }).getByRole("link", { name: path })).toBeVisible();
  await page.getByLabel("Note").fill("A journey");
  await page.getByRole("button", { name: /^Publish \d+ changes?$/ }).click();
  await expect(page.getByText(/^r\d+ live on (\d+) of \1 in \d/)).toBeVisible();
  await expect(page.getByText("The draft is what is live.")).toBeVisible();

  expect(await statusOf(path, secret)).toBe(200);
  expect(await statusOf(path)).toBe(401);

  await page.goto("/t/acme/keys");
  await page.getByRole("button", { name: `Actions for ${keyName}` }).click();
  await page.getByRole("menuitem", { name: "Revoke…" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke this key?" });
  await expect(revoke.getByText(/Opens \d+ live route|No live route/)).toBeVisible();
  await expect(revoke.getByRole("button", { name: "Revoke key" })).toHaveAttribute("aria-disabled", "true");
  await revoke.getByRole("textbox", { name: /to go on/ }).fill(keyName);
  await revoke.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByText(/confirmed on (\d+) of \1 gateway/)).toBeVisible();
  expect(await statusOf(path, secret)).toBe(401);
});

test("a stale edit overwrites nothing: both versions are shown and one is chosen", async ({
  page,
  browser,
}) => {
  const path = `/journey/${fresh("stale")}`;
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme/routes");
  await createRoute(page, path);
  await page.getByRole("button", { name: /^Name and tags/ }).click();
  await page.getByRole("textbox", { name: /^Name/ }).fill("Mine");

  const other = await browser.newContext();
  const second = await other.newPage();
  await signInAs(second, "acme", "developer");
  await second.goto("/t/acme/routes");
  // The address names the open section, and opens it for whoever follows it.
  await second.goto(page.url());
  await second.getByRole("textbox", { name: /^Name/ }).fill("Theirs");
  await second.getByRole("button", { name: "Save route" }).click();
  await expect(second.getByText("Saved in the draft, not live yet.")).toBeVisible();
  await other.close();

  await page.getByRole("button", { name: "Save route" }).click();
  const conflict = page.getByRole("alert", { name: "Two versions of this route" });
  await expect(conflict.getByRole("definition")).toHaveText(/Yours\s*Mine\s*Theirs\s*Theirs/);
  await conflict.getByRole("button", { name: "Take theirs" }).click();
  await expect(page.getByRole("textbox", { name: /^Name/ })).toHaveValue("Theirs");
  await page.getByRole("textbox", { name: /^Name/ }).fill("Ours");
  await page.getByRole("button", { name: "Save route" }).click();
  await expect(page.getByText("Saved in the draft, not live yet.")).toBeVisible();
  await page.getByRole("link", { name: "Close" }).click();
  await page.waitForURL("**/t/acme/routes");

  await page.getByRole("button", { name: `Actions for GET ${path}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("link", { name: path })).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: path })).toBeVisible();
});

test("mistakes are marked at their field, and leaving with unsaved changes asks", async ({ page }) => {
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme/routes");
  await page.goto("/t/acme/routes/new");
  const path = page.getByLabel("Path", { exact: true });
  await path.fill("no-slash");
  await page.getByRole("button", { name: "Create route" }).click();
  await expect(path).toHaveAttribute("aria-invalid", "true");
  await expect(path).toBeFocused();
  await expect(path).toHaveAccessibleDescription(/Must start with \//);
  await page.getByRole("link", { name: "Cancel" }).click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(path).toHaveValue("no-slash");
  await page.getByRole("link", { name: "Cancel" }).click();
  await question.getByRole("button", { name: "Leave" }).click();
  await page.waitForURL("**/t/acme/routes");
});

test("a viewer sees everything and is told why nothing can be changed", async ({ page }) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/routes");
  const why = /Only owners.*you are a viewer/;
  const create = page.getByRole("button", { name: "Create route" });
  await expect(create).toHaveAttribute("aria-disabled", "true");
  await expect(create).toHaveAccessibleDescription(why);
  await page.goto("/t/acme/keys");
  await expect(page.getByRole("button", { name: "Mint key" })).toHaveAccessibleDescription(why);
  await page.goto("/t/acme/keys?mint=1");
  await expect(
    page.getByRole("dialog").getByRole("button", { name: "Mint key" }),
  ).toHaveAccessibleDescription(why);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`routes, changes and keys have no accessibility violation in the ${colorScheme} theme`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await signInAs(page, "acme", "owner");
    await page.goto("/t/acme/routes");
    for (const address of ["routes", "routes/new", "changes", "keys", "keys?mint=1"]) {
      await page.goto(`/t/acme/${address}`);
      await expect(page.getByRole(address.includes("mint") ? "dialog" : "main")).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${address}: ${id} ${nodes[0]?.html}`)).toEqual([]);
    }
  });
}
