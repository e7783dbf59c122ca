import { type Browser, expect, type Page, test } from "./journey.ts";
import { expectNoViolationAtAnySize } from "./no-violation.ts";
import { GATEWAY_URL, leaveEveryTenant, partnerKey, signInAs, signInAsOperator } from "./session.ts";

/** A dead job needs two attempts and the second between them. */
const DEAD_WITHIN = { timeout: 60_000 };

/** A job of acme that fails in both of its attempts; gives its id and that of the request which made it. */
async function failingJob(page: Page): Promise<{ job: string; request: string }> {
  const request = `support-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  const response = await page.request.post(`${GATEWAY_URL}/gw/acme/v1/inventory/sync`, {
    headers: { "x-api-key": partnerKey(), "x-request-id": request },
    data: { fail: true },
  });
  expect(response.status()).toBe(202);
  const { data } = await response.json();
  return { job: data.jobId, request };
}

const bar = (page: Page) => page.getByRole("region", { name: "Support session" });

async function owner(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await signInAs(page, "acme", "owner");
  return page;
}

/** Enters acme from the tenant's page at the desk. */
async function enterAcme(page: Page, how: string, reason: string): Promise<void> {
  await page.goto("/support/tenants/acme");
  await page.getByRole("button", { name: "Enter Acme Corporation" }).click();
  const dialog = page.getByRole("dialog", { name: "Enter Acme Corporation" });
  await dialog.getByRole("combobox", { name: "What you will do" }).selectOption(how);
  await dialog.getByRole("textbox", { name: "Reason" }).fill(reason);
  await dialog.getByRole("button", { name: "Enter Acme Corporation" }).click();
  await expect(page).toHaveURL(/\/t\/acme$/);
}

// One operator is in a tenant once: what a journey that failed left open would be in the next one's way.
test.beforeEach(leaveEveryTenant);

test("an operator finds a job by its request, enters with a reason, sends it round again and leaves; the owner reads it all", async ({
  page,
  browser,
}) => {
  test.setTimeout(150_000);
  await signInAsOperator(page);
  await expect(page).toHaveURL(/\/support$/);
  const { job, request } = await failingJob(page);
  await page.getByRole("textbox", { name: "What you were given" }).fill(request);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await expect(page).toHaveURL(`/support?q=${request}`);
  const jobs = page.getByRole("list", { name: "Jobs" });
  await expect(async () => {
    await page.reload();
    await expect(jobs.getByText("Dead", { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass(DEAD_WITHIN);
  await expect(jobs.getByRole("link", { name: "Acme Corporation" })).toBeVisible();

  const outside = await page.goto(`/t/acme/jobs/${job}`);
  expect(outside?.status()).toBe(404);
  await page.goBack();

  await jobs.getByRole("button", { name: "Enter Acme Corporation" }).click();
  const dialog = page.getByRole("dialog", { name: "Enter Acme Corporation" });
  await dialog.getByRole("button", { name: "Enter Acme Corporation" }).click();
  await expect(dialog.getByText("is required")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("ticket 4711");
  await dialog.getByRole("combobox", { name: "What you will do" }).selectOption("Read and requeue");
  await dialog.getByRole("button", { name: "Enter Acme Corporation" }).click();
  await expect(page).toHaveURL(new RegExp(`/t/acme/jobs/${job}$`));
  await expect(bar(page)).toContainText(
    /You are in Acme Corporation as support \(may requeue\) · (29|30) min left/,
  );

  await page.getByRole("button", { name: "Retry", exact: true }).click();
  const retry = page.getByRole("dialog");
  await retry.getByRole("textbox", { name: "Reason" }).fill("ticket 4711, the service is back");
  await retry.getByRole("button", { name: "Retry job" }).click();
  await expect(retry).toBeHidden();
  await expect(
    page
      .getByRole("main")
      .getByText(/operator .* \(support\)/)
      .first(),
  ).toBeVisible();

  const tenant = await owner(browser);
  await tenant.goto("/t/acme");
  await expect(
    tenant.getByText(/Olga Operator from support is in this tenant, may requeue, \d+ min left/),
  ).toBeVisible();
  await tenant.getByRole("link", { name: "See what is done, or end it" }).click();
  const first = tenant.getByRole("list", { name: "Support sessions" }).getByRole("listitem").first();
  await expect(first).toContainText("here now");
  await expect(first).toContainText("ticket 4711, the service is back");
  await expect(first.getByRole("link", { name: "Job" })).toHaveAttribute("href", `/t/acme/jobs/${job}`);

  await bar(page).getByRole("button", { name: "Leave" }).click();
  await expect(page).toHaveURL(/\/support\/tenants\/acme$/);
  expect((await page.goto("/t/acme"))?.status()).toBe(404);
  await tenant.reload();
  await expect(first).toContainText("left");
  await expect(tenant.getByText(/from support is in this tenant/)).toBeHidden();
  await tenant.close();
});

test("read-only explains why nothing can be done, and the owner's word ends it while the operator is on a page", async ({
  page,
  browser,
}) => {
  await signInAsOperator(page);
  await enterAcme(page, "Read only", "looking at a dead letter");
  await expect(bar(page)).toContainText("(read-only)");
  await page.goto("/t/acme/jobs?state=dead");
  await page.getByRole("table").getByRole("link").first().click();
  const retry = page.getByRole("button", { name: "Retry", exact: true });
  await expect(retry).toBeDisabled();
  await expect(retry).toHaveAccessibleDescription(/as support, read-only/);
  await expect(
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Access tokens" }),
  ).toHaveCount(0);

  const tenant = await owner(browser);
  await tenant.goto("/t/acme/settings");
  await tenant.getByRole("button", { name: "End the session of Olga Operator" }).click();
  await expect(tenant.getByText("Olga Operator is no longer in this tenant")).toBeVisible();
  const main = page.getByRole("main");
  await expect(main.getByRole("heading", { level: 1 })).toHaveText("This support session has ended", {
    timeout: 15_000,
  });
  await expect(main.getByRole("alert")).toContainText("It was ended by owner@acme.example");
  await expect(page, "nothing of the tenant is left on show").toHaveTitle(/^This support session has ended/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(page.getByRole("navigation", { name: "Main" })).toHaveCount(0);
  await expectNoViolationAtAnySize(page, "after the session's end");
  await main.getByRole("link", { name: "Go to the support desk" }).click();
  await expect(page).toHaveURL(/\/support\/tenants\/acme$/);
  await tenant.close();
});

test("an owner keeps support out, and the desk says so before anybody tries", async ({ page, browser }) => {
  const tenant = await owner(browser);
  await tenant.goto("/t/acme/settings");
  const access = tenant.getByRole("switch", { name: "Let operators of this installation come in" });
  await access.click();
  await tenant.getByRole("dialog").getByRole("button", { name: "Keep support out" }).click();
  await expect(access).not.toBeChecked();
  await signInAsOperator(page);
  await page.goto("/support/tenants/acme");
  await expect(page.getByRole("button", { name: "Enter Acme Corporation" })).toHaveAccessibleDescription(
    /switched support access off/,
  );
  await access.click();
  await expect(access).toBeChecked();
  await tenant.close();
});

test("the desk does not exist for a tenant's owner, and asks a stranger to sign in", async ({ page }) => {
  await page.goto("/support/tenants");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fsupport%2Ftenants/);
  await signInAs(page, "acme", "owner");
  for (const path of [
    "",
    "/tenants",
    "/tenants/acme",
    "/dead-letters",
    "/sessions",
    "/searches",
    "/installation",
  ]) {
    expect((await page.goto(`/support${path}`))?.status(), path).toBe(404);
  }
});

test("a whole key that is pasted at the desk is found and never leaves the browser", async ({ page }) => {
  await signInAsOperator(page);
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  const field = page.getByRole("textbox", { name: "What you were given" });
  await field.fill(partnerKey());
  await field.press("Enter");
  await expect(page.getByRole("list", { name: "Keys" }).getByText("Partner: Initech")).toBeVisible();
  await expect(field).toHaveValue("");
  expect(sent.filter((each) => each.includes(partnerKey()))).toEqual([]);
  expect(page.url()).not.toContain("gh_");
});

test("axe finds nothing at the desk or inside a tenant in either theme at either size", async ({ page }) => {
  test.setTimeout(180_000);
  await signInAsOperator(page);
  const { data: groups } = await (await page.request.get("/api/v1/support/dead-letters/groups")).json();
  const paths = [
    "",
    "?q=acme",
    "?q=nothing-has-this",
    "/tenants",
    "/dead-letters",
    "/sessions",
    "/searches",
    "/installation",
  ];
  if (groups[0]) paths.push(`/dead-letters/${groups[0].fingerprint}`);
  for (const path of [...paths, "/tenants/acme", "/tenants/no-such-tenant"]) {
    await page.goto(`/support${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNoViolationAtAnySize(page, path);
  }
  await page.goto("/support/tenants/acme");
  await page.getByRole("button", { name: "Enter Acme Corporation" }).click();
  await expect(page.getByRole("dialog", { name: "Enter Acme Corporation" })).toBeVisible();
  await expectNoViolationAtAnySize(page, "the question before entering");
  await enterAcme(page, "Read only", "axe");
  await expect(bar(page)).toBeVisible();
  for (const path of ["", "/jobs", "/settings", "/tokens"]) {
    await page.goto(`/t/acme${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNoViolationAtAnySize(page, `inside, ${path}`);
  }
  await bar(page).getByRole("button", { name: "Leave" }).click();
  await expect(page).toHaveURL(/\/support\/tenants\/acme$/);
});
