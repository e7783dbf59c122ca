import { expect, test } from "./journey.ts";
import { signInAfresh } from "./session.ts";

test("signing in leads back to the page that was asked for", async ({ page }) => {
  await page.goto("/t/acme/jobs?state=dead");
  await expect(page).toHaveURL(/sign-in/);
  const asked = new URL(page.url()).searchParams.get("callbackUrl");
  expect(asked).toBe("/t/acme/jobs?state=dead");
});

test("a wrong password is explained, and nothing of it stays in the address", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill("nobody@acme.example");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "do not belong together" })).toBeVisible();
  expect(page.url()).not.toContain("password");
});

test("signing out everywhere ends another browser's session at its next page", async ({ browser }) => {
  const [here, there] = [await browser.newContext(), await browser.newContext()];
  const [mine, other] = [await here.newPage(), await there.newPage()];
  await signInAfresh(mine, "globex", "owner");
  await signInAfresh(other, "globex", "owner");
  // It asks for news by itself, and would be on its way to the sign-in before it is told to go anywhere.
  await other.goto("about:blank");
  await mine.goto("/t/globex/settings");
  await mine.getByRole("button", { name: "Sign out everywhere" }).click();
  await mine.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(mine).toHaveURL(/sign-in/);
  await other.goto("/t/globex/routes");
  await expect(other).toHaveURL(/sign-in/);
  await here.close();
  await there.close();
});
