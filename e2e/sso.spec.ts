import { expect, type Page, test } from "./journey.ts";
import { forgetSession, signInAfresh } from "./session.ts";

/** Signs in at the identity provider, whose page is before the person. */
async function atCorp(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { name: "Corp", exact: true })).toBeVisible();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Continue" }).click();
}

async function throughCorp(page: Page, name: string, returnTo = "/"): Promise<void> {
  await page.goto(`/sign-in?callbackUrl=${encodeURIComponent(returnTo)}`);
  await page.getByRole("button", { name: "Continue with Corp" }).click();
  await atCorp(page, name);
}

async function addCorp(page: Page, name: string): Promise<void> {
  await page.goto("/account#providers");
  await page.getByRole("button", { name: /^Add (another )?Corp/ }).click();
  await atCorp(page, name);
  const list = page.getByRole("list", { name: "Your sign-in providers" });
  await expect(list).toContainText(`${name}@corp.example`);
}

test("a provider is added on purpose, signs in from then on, and goes after it has confirmed that it is the person", async ({
  page,
}) => {
  await throughCorp(page, "a-stranger");
  await expect(page.getByRole("heading", { name: "No account belongs to this sign-in yet" })).toBeVisible();
  await page.getByRole("link", { name: "Choose another way to sign in" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();

  await forgetSession(page);
  await signInAfresh(page, "acme", "viewer");
  await addCorp(page, "viewer-at-corp");
  await expect(page.getByText("Corp is added")).toBeVisible();

  await forgetSession(page);
  await throughCorp(page, "viewer-at-corp", "/t/acme/jobs");
  await expect(page).toHaveURL(/\/t\/acme\/jobs$/);
  await expect(page.getByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();

  // As if the last proof were long ago.
  await page.route(
    "**/api/v1/me/identities/*",
    (route) =>
      route.fulfill({
        status: 403,
        json: {
          error: { code: "confirmation_required", message: "Confirm that it is you.", requestId: "r" },
        },
      }),
    { times: 1 },
  );
  await page.goto("/account#providers");
  await page.getByRole("button", { name: "Remove Corp" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove Corp" }).click();
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  const opened = page.waitForEvent("popup");
  await question.getByRole("button", { name: "Confirm with Corp" }).click();
  await atCorp(await opened, "viewer-at-corp");
  await expect(page.getByText("Corp is removed")).toBeVisible();

  await forgetSession(page);
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Continue with Corp" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "Signing in was cancelled" })).toBeVisible();
});

test("an owner lets members in through the provider only, and somebody with a password is told what to do", async ({
  page,
  browser,
}) => {
  await signInAfresh(page, "acme", "admin");
  await addCorp(page, "admin-at-corp");
  await page.goto("/new-tenant");
  await page.getByLabel("Name").fill("Only through Corp");
  await page.getByRole("textbox", { name: "Address" }).fill("only-corp");
  await page.getByRole("button", { name: "Create tenant" }).click();
  await expect(page).toHaveURL(/\/t\/only-corp/);

  await page.goto("/t/only-corp/settings#security");
  const only = page.getByRole("switch", { name: "Let members in only through an identity provider" });
  await only.click();
  const dialog = page.getByRole("dialog", { name: "Let members in only through a provider?" });
  await expect(dialog.getByText("It would lock you out").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await forgetSession(page);
  await throughCorp(page, "admin-at-corp", "/t/only-corp/settings#security");
  await only.click();
  await dialog.getByRole("button", { name: "Let in through it only" }).click();
  await expect(only).toBeChecked();

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await signInAfresh(other, "acme", "admin");
  await other.goto("/t/only-corp/settings");
  await expect(
    other.getByRole("heading", { name: "Only through Corp lets in through Corp only" }),
  ).toBeVisible();
  await other.getByRole("button", { name: "Continue with Corp" }).click();
  await atCorp(other, "admin-at-corp");
  await expect(other).toHaveURL(/\/t\/only-corp\/settings/);
  await elsewhere.close();

  await only.click();
  await expect(only).not.toBeChecked();
  await page.getByRole("switch", { name: "Require a second factor" }).click();
  const factor = page.getByRole("dialog", { name: "Require a second factor?" });
  await expect(factor.getByText("1 of 1 member set up no second factor yet.")).toBeVisible();
  await page.keyboard.press("Escape");
});
