import { Secret, TOTP } from "otpauth";
import { expect, type Page, test } from "./journey.ts";
import { expectNoViolationInEitherTheme } from "./no-violation.ts";
import { demoPerson, forgetSession, signInAfresh } from "./session.ts";

const STEP_MS = 30_000;

/** What the authenticator app shows, some steps of 30 s from now. */
const appCode = (secret: string, steps = 0) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + steps * STEP_MS });

/** Types the demo person's password, for somebody who has then to give a second factor. */
async function givePassword(page: Page, email: string, password: string, asked: string): Promise<void> {
  await forgetSession(page);
  await page.goto(asked);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Second factor" })).toBeVisible();
}

/** A device that makes and gives passkeys with a finger that always fits. */
async function addDevice(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("an authenticator app is set up, asked for after the password, and stood in for by a recovery code", async ({
  page,
}) => {
  const viewer = demoPerson("acme", "viewer");
  await signInAfresh(page, "acme", "viewer");
  await page.goto("/account");
  const section = region(page, "Second factor");
  await section.getByRole("button", { name: "Set up app" }).click();
  const setup = page.getByRole("dialog", { name: "Set up an authenticator app" });
  await expect(setup.getByRole("img", { name: /QR code/ })).toBeVisible();
  const secret = ((await setup.locator("code[data-secret]").textContent()) ?? "").replaceAll(" ", "");
  await expectNoViolationInEitherTheme(page, "setting up an app");
  await setup.getByLabel("Code of your app").fill("12345");
  await setup.getByRole("button", { name: "Turn on codes" }).click();
  await expect(setup.getByText("Enter the six digits that your app shows.")).toBeVisible();
  const code = appCode(secret);
  await setup.getByLabel("Code of your app").fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await setup.getByRole("button", { name: "Turn on codes" }).click();

  const codes = page.getByRole("dialog", { name: "Store your recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  const recovery = await codes.getByRole("listitem").allTextContents();
  await expectNoViolationInEitherTheme(page, "recovery codes");
  const saved = page.waitForEvent("download");
  await codes.getByRole("button", { name: "Save as text" }).click();
  expect((await saved).suggestedFilename()).toBe("gatehouse-recovery-codes.txt");
  await codes.getByRole("button", { name: "Done" }).click();
  await expect(section.getByText("10 of 10 left")).toBeVisible();

  await givePassword(page, viewer.email, viewer.password, "/t/acme/jobs");
  await expectNoViolationInEitherTheme(page, "the second step");
  await page.goto("/t/acme/routes");
  await expect(page, "no other page is open yet").toHaveURL(/second-factor/);
  await page.getByLabel("Code of your app").fill(appCode(secret, -40));
  await page.keyboard.press("Enter");
  await expect(page.getByText("This is not the code that your app shows now.")).toBeVisible();
  await page.getByLabel("Code of your app").fill(appCode(secret, 1));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/t\/acme\/routes$/);

  await givePassword(page, viewer.email, viewer.password, "/account");
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(recovery[0]?.toUpperCase() ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(section.getByText("9 of 10 left")).toBeVisible();
  await section.getByRole("button", { name: "Actions for authenticator app" }).click();
  await page.getByRole("menuitem", { name: "Turn off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off app" }).click();
  await expect(section.getByRole("button", { name: "Set up app" })).toBeVisible();
});

test("a passkey is made with one press, signs in without a password, and is the second step after one", async ({
  page,
}) => {
  const support = demoPerson("acme", "support");
  await signInAfresh(page, "acme", "support");
  await addDevice(page);
  await page.goto("/account");
  const section = region(page, "Passkeys");
  await section.getByRole("button", { name: "Add passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await expect(dialog.getByLabel("Name")).toHaveValue(/ on Linux$/);
  await expectNoViolationInEitherTheme(page, "adding a passkey");
  await dialog.getByLabel("Name").fill("Work laptop");
  await dialog.getByRole("button", { name: "Make passkey" }).click();
  const codes = page.getByRole("dialog", { name: "Store your recovery codes" });
  await codes.getByRole("checkbox", { name: "I have stored them" }).click();
  await codes.getByRole("button", { name: "Done" }).click();
  await expect(section.getByRole("heading", { name: "Work laptop" })).toBeVisible();

  await forgetSession(page);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL(/\/account$/);

  await givePassword(page, support.email, support.password, "/account");
  await page.getByRole("button", { name: "Continue with your passkey" }).click();
  await expect(page).toHaveURL(/\/account$/);

  await section.getByRole("button", { name: "Actions for Work laptop" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove passkey" }).click();
  await expect(section.getByText("You have no passkey yet.")).toBeVisible();
});
