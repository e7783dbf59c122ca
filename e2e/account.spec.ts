import { expect, type Page, test } from "./journey.ts";
import { expectNoViolationInEitherTheme } from "./no-violation.ts";
import { demoPerson, GATEWAY_URL, partnerKey, signInAfresh } from "./session.ts";

const NEXT = "walnut semaphore drizzle atlas";

/** Changes the password without the form, to leave the demo as it was. */
async function changeBack(page: Page, current: string, password: string): Promise<void> {
  const headers = { origin: new URL(page.url()).origin };
  await page.request.post("/api/v1/me/password", { headers, data: { current, password } });
}

test("a person changes their password with help while typing, and their other browser is signed out", async ({
  page,
  browser,
}) => {
  const { password } = demoPerson("acme", "developer");
  const elsewhere = await browser.newPage();
  await signInAfresh(elsewhere, "acme", "developer");
  await signInAfresh(page, "acme", "developer");
  await page.getByRole("button", { name: /@.*developer/ }).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();

  const change = page
    .getByRole("region", { name: "Password", exact: true })
    .getByRole("button", { name: "Change password" });
  const dialog = page.getByRole("dialog", { name: "Change password" });
  await change.press("Enter");
  await expect(dialog.getByLabel("Present password")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(change).toBeFocused();
  await change.click();
  await dialog.getByLabel("Present password").fill(password);
  const field = dialog.getByLabel("New password");
  await field.fill("password");
  await expect(dialog.getByRole("status")).toHaveText(/4 are missing/);
  await field.fill("password1234");
  await expect(dialog.getByText(/stolen elsewhere/)).toBeVisible();
  await field.fill(NEXT);
  await expect(dialog.getByRole("status")).toHaveText(/This password is good/);
  // Left first: it asks for news, and would lead to the sign-in by itself.
  await elsewhere.goto("about:blank");
  try {
    await dialog.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByText("Your password is changed")).toBeVisible();
    await elsewhere.goto("/account");
    await expect(elsewhere).toHaveURL(/\/sign-in/);
    await expect(
      page.getByRole("region", { name: "Security activity" }).getByText("Changed the password").first(),
    ).toBeVisible();
  } finally {
    await changeBack(page, NEXT, password);
  }
});

test("a person sees where they are signed in and ends the other browser", async ({ page, browser }) => {
  const elsewhere = await browser.newPage();
  await signInAfresh(elsewhere, "acme", "developer");
  await signInAfresh(page, "acme", "developer");
  await page.goto("/account");
  const sessions = page.getByRole("region", { name: "Where you are signed in" });
  await expect(sessions.getByText("this browser")).toHaveCount(1);
  await expect(sessions.getByText("the console's own machine").first()).toBeVisible();
  await elsewhere.goto("about:blank");
  await sessions.getByRole("button", { name: "End all other sessions" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
  await expect(sessions.getByRole("listitem")).toHaveCount(1);
  await elsewhere.goto("/account");
  await expect(elsewhere).toHaveURL(/\/sign-in/);
});

test("somebody who forgot the password learns whom to ask, and a link that is none leads nowhere", async ({
  page,
}) => {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(page.getByText("This installation sends no mail.")).toBeVisible();
  await expectNoViolationInEitherTheme(page, "forgot password");
  await page.goto(`/reset-password#ghl_${"A".repeat(49)}`);
  await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  expect(new URL(page.url()).hash).toBe("");
});

test("who has to confirm that it is them is asked over the open dialog, may decline, and goes on where they were", async ({
  page,
}) => {
  const { password } = demoPerson("acme", "support");
  await signInAfresh(page, "acme", "support");
  const enqueued = await page.request.post(`${GATEWAY_URL}/gw/acme/v1/inventory/sync`, {
    headers: { "x-api-key": partnerKey() },
    data: { password: "hunter2-hunter2" },
  });
  const { data } = await enqueued.json();
  await page.goto(`/t/acme/jobs/${data.jobId}`);
  // A quarter of an hour later: until the person has confirmed, the server answers so.
  await page.route("**/reveal", (route) =>
    route.fulfill({
      status: 403,
      json: {
        error: { code: "confirmation_required", message: "Confirm that it is you.", requestId: "later" },
      },
    }),
  );
  await page.getByRole("button", { name: "Reveal masked values…" }).click();
  const reveal = page.getByRole("dialog", { name: "Reveal what is masked?" });
  await reveal.getByLabel("Reason").fill("the customer asks");
  await reveal.getByRole("button", { name: "Reveal", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(question.getByLabel("Your password")).toBeFocused();
  await page.keyboard.type("a wrong one");
  await page.keyboard.press("Enter");
  await expect(question.getByText("This is not your password.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(reveal.getByText("Nothing was changed.")).toBeVisible();
  await expect(reveal.getByLabel("Reason")).toHaveValue("the customer asks");

  await reveal.getByRole("button", { name: "Reveal", exact: true }).click();
  await question.getByLabel("Your password").fill(password);
  await page.unroute("**/reveal");
  await question.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText("hunter2-hunter2").first()).toBeVisible();
});
