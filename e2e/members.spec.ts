import { type Browser, expect, type Page, test } from "./journey.ts";
import { expectNoViolationInEitherTheme } from "./no-violation.ts";
import { signInAs } from "./session.ts";

const PHONE = { width: 375, height: 800 };
const PASSWORD = "orbit lantern velvet quarry";
const fresh = () => `invited-${Date.now().toString(36)}-${Math.floor(performance.now())}@partner.example`;

/** Invites an address through the page and gives the link, which is shown this once. */
async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.goto("/t/acme/members?invite=1");
  const dialog = page.getByRole("dialog", { name: "Invite members" });
  await dialog.getByLabel("E-mail addresses").fill(email);
  await dialog.getByLabel("Role").selectOption(role);
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  const once = page.getByRole("dialog", { name: `The invitation link for ${email}` });
  await expect(once.getByText("No mail was sent.")).toBeVisible();
  const link = (await once.locator("[data-secret]").textContent())?.trim() ?? "";
  expect(link).toMatch(/\/join#ghi_\S{49}$/);
  await page.keyboard.press("Escape");
  await expect(once).toBeVisible();
  await once.getByRole("checkbox", { name: "I have stored it" }).click();
  await once.getByRole("button", { name: "Done" }).click();
  await expect(once).toBeHidden();
  return link;
}

async function stranger(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true });
  return context.newPage();
}

const action = async (page: Page, of: string, item: RegExp) => {
  await page
    .getByRole("row")
    .filter({ hasText: of })
    .getByRole("button", { name: /^Actions for/ })
    .click();
  await page.getByRole("menuitem", { name: item }).click();
};

/** Makes somebody an owner and a viewer again with keys, from a page just loaded: the focus is never lost. */
async function withKeysAlone(page: Page, email: string): Promise<void> {
  await page.reload();
  const menu = page
    .getByRole("row")
    .filter({ hasText: email })
    .getByRole("button", { name: /^Actions for/ });
  await menu.focus();
  for (const role of ["owner", "viewer"]) {
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: /^Change role/ })).toBeFocused();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: /^Change the role/ });
    await expect(dialog.getByLabel("Role")).toBeFocused();
    await dialog.getByLabel("Role").selectOption(role);
    await dialog.getByRole("button", { name: "Change role" }).press("Enter");
    await expect(dialog).toBeHidden();
    await expect(page.getByText(role === "owner" ? /one of \d+ owners/ : "its only owner")).toBeVisible();
    await expect(menu).toBeFocused();
  }
}

test("somebody without an account joins from a link, is given another role, and is gone at once when removed", async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const email = fresh();
  await signInAs(page, "acme", "owner");
  const link = await invite(page, email, "viewer");

  const invited = await stranger(browser);
  const requested: string[] = [];
  invited.on("request", (request) => requested.push(request.url(), request.headers().referer ?? ""));
  await invited.request.get(link);
  await invited.goto(link);
  await expect(invited.getByRole("heading", { name: /^Join / })).toBeVisible();
  expect(invited.url()).not.toContain("#");
  await expectNoViolationInEitherTheme(invited, "the invitation");
  await invited.getByLabel("Your name").fill("Ines Invited");
  await invited.getByLabel("Password").fill("password1234");
  await invited.getByRole("button", { name: "Make account and join" }).click();
  await expect(invited.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await invited.getByLabel("Password").fill(PASSWORD);
  await invited.getByRole("button", { name: "Make account and join" }).click();
  await expect(invited).toHaveURL(/\/t\/acme$/);
  const secret = new URL(link).hash.slice(5);
  expect(requested.filter((address) => address.includes(secret))).toEqual([]);
  await invited.goto(link);
  await expect(invited.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();

  await page.goto(`/t/acme/members?q=${encodeURIComponent(email)}`);
  await action(page, email, /^Change role/);
  const change = page.getByRole("dialog", { name: "Change the role of Ines Invited" });
  await change.getByLabel("Role").selectOption("developer");
  await change.getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("row").filter({ hasText: email })).toContainText("developer");
  await withKeysAlone(page, email);
  await action(page, email, /^Remove from tenant/);
  const removal = page.getByRole("dialog", { name: "Remove Ines Invited?" });
  await expect(removal.getByText("No access token for this tenant is affected.")).toBeVisible();
  await removal.getByRole("button", { name: "Remove member" }).click();
  await expect(page.getByText("No member matches.")).toBeVisible();
  expect((await invited.request.get("/api/v1/tenants/acme")).status()).toBe(404);
  await invited.context().close();
});

test("somebody signed in as another is told so, and comes back to join as the right one", async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const email = fresh();
  await signInAs(page, "acme", "owner");
  const first = await invite(page, email, "viewer");
  const person = await stranger(browser);
  await person.goto(first);
  await person.getByLabel("Your name").fill("Otto Other");
  await person.getByLabel("Password").fill(PASSWORD);
  await person.getByRole("button", { name: "Make account and join" }).click();
  await expect(person).toHaveURL(/\/t\/acme$/);
  await person.goto("/t/acme/members");
  await person.getByRole("button", { name: "Leave tenant" }).click();
  await person.getByRole("dialog").getByRole("button", { name: "Leave tenant" }).click();
  await expect(person).not.toHaveURL(/\/t\/acme/);

  const again = await invite(page, email, "support");
  await page.goto(again);
  await expect(page.getByText("This invitation is for somebody else")).toBeVisible();
  await page.getByRole("button", { name: `Sign out, and sign in as ${email}` }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: /^Join / }).click();
  await expect(page).toHaveURL(/\/t\/acme$/);
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain(
    "ghi_",
  );
  await person.context().close();
});

test("a disabled action says why, an invitation is withdrawn, and viewers see no more than they may", async ({
  page,
}) => {
  const email = fresh();
  await signInAs(page, "acme", "admin");
  await page.goto("/t/acme/members?role=owner");
  await page
    .getByRole("row")
    .nth(1)
    .getByRole("button", { name: /^Actions for/ })
    .click();
  await expect(page.getByRole("menuitem", { name: /^Remove from tenant/ })).toContainText(
    "Only an owner removes",
  );
  await page.keyboard.press("Escape");
  await page.goto("/t/acme/members?invite=1");
  const dialog = page.getByRole("dialog", { name: "Invite members" });
  // The first has a Cyrillic letter: only the mark and its name in the message tell which one is meant.
  await dialog.getByLabel("E-mail addresses").fill(`n\u0435w@partner.example ${email}`);
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog.getByText("“n\u0435w@partner.example”: Has a space, an invisible")).toBeVisible();
  const colours = await dialog
    .getByRole("listitem")
    .evaluateAll((items) => items.map((item) => getComputedStyle(item).backgroundColor));
  expect(colours[0]).not.toBe(colours[1]);
  const link = await invite(page, email, "viewer");
  await page.goto("/t/acme/members/invitations");
  await expectNoViolationInEitherTheme(page, "the invitations");
  await action(page, email, /^Cancel invitation/);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel invitation" }).click();
  await expect(page.getByRole("row").filter({ hasText: email })).toContainText("Cancelled");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();
});
