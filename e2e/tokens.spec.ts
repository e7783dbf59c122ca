import { expect, type Page, test } from "./journey.ts";
import { forgetSession, signInAs } from "./session.ts";

const unique = (what: string) => `${what} ${Date.now().toString(36)}`;

/** What the dialog shows once; it is closed afterwards. */
async function takeSecret(page: Page, dialog: string): Promise<string> {
  const shown = page.getByRole("dialog", { name: dialog });
  await expect(shown).toBeVisible();
  const secret = (await shown.locator("[data-secret]").textContent()) ?? "";
  await shown.getByRole("checkbox", { name: "I have stored it" }).click();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(shown).toBeHidden();
  expect(secret).toMatch(/^ght_/);
  return secret;
}

/** What the management API answers to a script with this token: no cookie of the browser's goes along. */
async function asScript(page: Page, secret: string, path: string, body?: object) {
  const { origin } = new URL(page.url());
  const response = await fetch(`${origin}/api/v1/tenants/acme${path}`, {
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, text: await response.text() };
}

test("a pipeline gets a token of the tenant's own, a second secret beside the first, and its end at once", async ({
  page,
}) => {
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme/tokens");
  // From tab to tab by keyboard: arrows only look, Enter goes there and stays.
  await page.getByRole("tab", { name: "Mine" }).press("ArrowRight");
  const tab = page.getByRole("tab", { name: "Service tokens" });
  await expect(tab).toBeFocused();
  await tab.press("Enter");
  await expect(tab).toHaveAttribute("aria-selected", "true");
  await expect(tab).toBeFocused();
  await page.getByRole("button", { name: "Make service token" }).click();
  const form = page.getByRole("dialog", { name: "Make service token" });
  const name = unique("deploy");
  await expect(form.getByRole("textbox", { name: "Name" })).toBeFocused();
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  await form.getByRole("combobox", { name: "It may" }).selectOption({ label: "CI: edit and publish" });
  await expect(form.getByRole("checkbox", { name: "Publish", exact: true })).toBeChecked();
  await expect(form.getByRole("checkbox", { name: "Keys", exact: true })).not.toBeChecked();
  await form.getByRole("button", { name: "Make token" }).click();
  const first = await takeSecret(page, "Your new service token");

  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row).toContainText("Read, Edit the draft, Publish");
  expect((await asScript(page, first, "/routes")).status).toBe(200);
  const refused = await asScript(page, first, "/keys", { name: "k" });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain("lacks the permission key.manage");

  await page.getByRole("button", { name: `Rotate ${name}` }).click();
  const rotate = page.getByRole("dialog", { name: `Rotate ${name}` });
  await rotate.getByRole("button", { name: "Rotate token" }).click();
  const second = await takeSecret(page, "Your new service token");
  expect(second).not.toBe(first);
  for (const secret of [first, second]) expect((await asScript(page, secret, "/routes")).status).toBe(200);
  await expect(row).toContainText("works until");

  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page
    .getByRole("dialog", { name: `Revoke ${name}?` })
    .getByRole("button", { name: "Revoke token" })
    .click();
  await expect(row).toContainText("Revoked");
  for (const secret of [first, second]) expect((await asScript(page, secret, "/routes")).status).toBe(401);
  await expect(page.locator("body")).not.toContainText(second);
});

test("a viewer on a phone makes a token of their own that only reads, and learns why the tenant's are not theirs", async ({
  page,
}) => {
  await page.setViewportSize({ width: 375, height: 800 });
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/tokens?of=service");
  await expect(page.getByText("Only owners and admins of this tenant can do this")).toBeVisible();
  await page.getByRole("tab", { name: "Mine" }).click();
  await page.getByRole("button", { name: "Make token" }).click();
  const form = page.getByRole("dialog", { name: "Make access token" });
  const name = unique("reader");
  await form.getByRole("button", { name: "Make token" }).click();
  await expect(form.getByRole("textbox", { name: "Name" })).toBeFocused();
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  await form.getByRole("combobox", { name: "It may" }).selectOption({ label: "What I choose below" });
  await expect(form.getByText("only owners and admins can give “Keys”")).toBeVisible();
  await form.getByRole("button", { name: "Make token" }).click();
  const secret = await takeSecret(page, "Your new access token");
  expect((await asScript(page, secret, "/routes")).status).toBe(200);
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Token revoked")).toBeVisible();
  await forgetSession(page);
});
