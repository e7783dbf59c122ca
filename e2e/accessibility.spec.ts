import { expect, type Page, test } from "./journey.ts";
import { expectNoViolationAtAnySize, expectNoViolationInEitherTheme, SIZES } from "./no-violation.ts";
import { signInAs } from "./session.ts";

// They look and leave nothing behind, and are the longest of all.
test.describe.configure({ mode: "parallel" });

/** The addresses of every kind of page, with one object of each kind that has a page of its own. */
async function everyPage(page: Page): Promise<string[]> {
  const first = async (list: string, query = ""): Promise<string> => {
    const response = await page.request.get(`/api/v1/tenants/acme/${list}?limit=1${query}`);
    const { data } = await response.json();
    return `/${list}/${data[0].id}`;
  };
  const firstGroup = async (): Promise<string> => {
    const response = await page.request.get("/api/v1/tenants/acme/dead-letters/groups?limit=1");
    const { data } = await response.json();
    return `/dead-letters/${data[0].fingerprint}`;
  };
  const pages = [
    "",
    "/routes",
    "/routes/new",
    "/routes/import",
    await first("routes"),
    "/changes",
    "/revisions",
    "/revisions/1",
    "/explain?method=GET&path=/v1/users/42",
    "/keys",
    await first("keys"),
    "/keys/links",
    "/keys/links?handover=1",
    "/issuers",
    "/jobs",
    "/jobs?state=dead",
    "/dead-letters",
    "/dead-letters?q=nothing-is-called-so",
    await firstGroup(),
    "/dead-letters/runs",
    "/jobs?state=cancelled&function=hello",
    await first("jobs", "&state=dead"),
    await first("jobs", "&state=succeeded"),
    "/gateways",
    "/members",
    "/members?invite=1",
    "/members/invitations",
    "/audit",
    "/audit?q=nothing-is-called-so",
    "/tokens",
    "/settings",
    "/settings/webhooks",
    "/settings/alerts",
    "/jobs/00000000-0000-7000-8000-000000000000",
  ].map((path) => `/t/acme${path}`);
  return [
    ...pages,
    "/new-tenant",
    "/deleted-tenants",
    "/account",
    "/account/verify-email",
    "/sign-in/provider?problem=no_account&provider=corp",
    "/forgot-password",
    "/reset-password",
    "/claim",
    "/claim#no-link",
    "/join",
  ];
}

for (const half of [0, 1]) {
  test(`axe finds nothing on any page in either theme at either size, half ${half + 1} of 2`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    if (half === 0) {
      await page.goto("/sign-in");
      await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
      await expectNoViolationAtAnySize(page, "/sign-in");
    }
    await signInAs(page, "acme", "owner");
    const pages = await everyPage(page);
    for (const path of pages.filter((_, index) => index % 2 === half)) {
      await page.goto(path);
      await expect(
        page
          .getByRole("heading", { level: 1 })
          .or(page.getByRole("heading", { level: 2 }))
          .first(),
      ).toBeVisible();
      await expectNoViolationAtAnySize(page, path);
    }
  });
}

for (const { name, ...size } of SIZES) {
  test(`axe finds nothing in dialogs and menus in either theme, ${name}`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.setViewportSize(size);
    await signInAs(page, "acme", "owner");

    await page.goto("/t/acme/jobs?state=dead");
    await page.getByRole("table").getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
    for (const button of ["Retry", "Discard"]) {
      await page.getByRole("button", { name: button, exact: true }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectNoViolationInEitherTheme(page, `${button} dialog`);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toBeHidden();
    }

    for (const [path, button] of [
      ["webhooks", "Add webhook"],
      ["alerts", "Add alert rule"],
    ] as const) {
      await page.goto(`/t/acme/settings/${path}`);
      await page.getByRole("button", { name: button }).click();
      const panel = page.getByRole("dialog", { name: button });
      await expect(panel.getByRole("form")).toBeVisible();
      await expectNoViolationInEitherTheme(page, `${button} panel`);
      await page.keyboard.press("Escape");
      await expect(panel).toBeHidden();
    }

    await page.goto("/t/acme/settings");
    await page.getByRole("main").getByRole("button", { name: "Sign out everywhere" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectNoViolationInEitherTheme(page, "sign-out dialog");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();

    await page.goto("/t/acme/tokens");
    await page.getByRole("button", { name: "Make token" }).click();
    const mint = page.getByRole("dialog", { name: "Make access token" });
    const token = `axe ${name} ${Date.now().toString(36)}`;
    await expectNoViolationInEitherTheme(page, "token form");
    await mint.getByRole("textbox", { name: "Name" }).fill(token);
    await mint.getByRole("button", { name: "Make token" }).click();
    const secret = page.getByRole("dialog", { name: "Your new access token" });
    await expect(secret).toBeVisible();
    await expectNoViolationInEitherTheme(page, "token shown once");
    await secret.getByRole("checkbox", { name: "I have stored it" }).click();
    await secret.getByRole("button", { name: "Done" }).click();
    await expect(secret).toBeHidden();
    await page.getByRole("button", { name: `Revoke ${token}` }).click();
    const revoke = page.getByRole("dialog", { name: `Revoke ${token}?` });
    await expect(revoke).toBeVisible();
    await expectNoViolationInEitherTheme(page, "revoke dialog");
    await revoke.getByRole("button", { name: "Revoke token" }).click();
    await expect(revoke).toBeHidden();

    await page.keyboard.press("ControlOrMeta+k");
    await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
    await expectNoViolationInEitherTheme(page, "palette");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog", { name: "Command palette" })).toBeHidden();
    if (name === "phone") {
      await page.getByRole("button", { name: "Open navigation" }).click();
      await expect(page.getByRole("dialog", { name: "Navigation" })).toBeVisible();
      await expectNoViolationInEitherTheme(page, "navigation drawer");
    }
  });
}
