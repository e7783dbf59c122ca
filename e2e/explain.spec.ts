import { expect, type Page, test } from "./journey.ts";
import { expectNoViolation } from "./no-violation.ts";
import { GATEWAY_URL, partnerKey, resetDraft, signInAs } from "./session.ts";

test.afterAll(resetDraft);

async function mintRestrictedKey(page: Page, name: string): Promise<string> {
  const body = { name, authorizedRequests: [{ method: "GET", path: "/v1/users/me" }] };
  return page.evaluate(async (sent) => {
    const response = await fetch("/api/v1/tenants/acme/keys", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(sent),
    });
    return (await response.json()).data.key as string;
  }, body);
}

test("support sees from a request ID why a partner was refused, and by which revision", async ({
  page,
  browser,
}) => {
  const name = `Refused ${Date.now().toString(36)}`;
  await signInAs(page, "acme", "owner");
  const key = await mintRestrictedKey(page, name);
  let refused = { status: 0, requestId: "" };
  await expect(async () => {
    const response = await fetch(`${GATEWAY_URL}/gw/acme/v1/users/42?token=hush`, {
      headers: { "x-api-key": key },
    });
    const { error } = await response.json();
    refused = { status: response.status, requestId: error.requestId };
    expect(refused.status).toBe(403);
  }).toPass();

  const other = await browser.newContext();
  const support = await other.newPage();
  await signInAs(support, "acme", "support");
  await support.goto("/t/acme/explain");
  await support.getByRole("tab", { name: "A past refusal" }).click();
  await support.getByLabel("Request ID").fill(refused.requestId);
  await support.getByRole("button", { name: "Find refusal" }).click();
  const story = support.getByRole("article", { name: "Refused with 403 request_not_authorized" });
  await expect(story.getByRole("link", { name: /^Revision \d+$/ })).toBeVisible();
  await expect(story.getByRole("link", { name })).toBeVisible();
  await expect(story.getByRole("list", { name: "Steps then" })).toContainText(
    "None of the requests that the key may make is this one: GET /v1/users/me (another path)",
  );
  await expect(story.getByText("GET /v1/users/42?token=…")).toBeVisible();
  expect(await support.content()).not.toContain("hush");

  await story.getByRole("link", { name: "Explain it now" }).click();
  await expect(support.getByLabel("Path", { exact: true })).toHaveValue("/v1/users/42");
  await expect(support.getByRole("list", { name: "Steps, live" })).toContainText("GET /v1/users/me");
  await other.close();
});

test("a pasted curl is explained without its key leaving the page", async ({ page }) => {
  const secret = partnerKey();
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/explain");
  await page.getByRole("button", { name: "Paste a curl…" }).click();
  const dialog = page.getByRole("dialog", { name: "Paste a curl" });
  await dialog
    .getByRole("textbox", { name: "curl" })
    .fill(`curl -s '${GATEWAY_URL}/gw/acme/v1/users/42' \\\n  -H 'X-Api-Key: ${secret}' --frobnicate`);
  await dialog.getByRole("button", { name: "Use this request" }).click();
  await expect(page.getByLabel("Path", { exact: true })).toHaveValue("/v1/users/42");
  await expect(page.getByText("The option --frobnicate is not understood here")).toBeVisible();
  const asked = page.waitForRequest(
    (request) => request.url().endsWith("/explain") && request.method() === "POST",
  );
  await page.getByRole("button", { name: "Explain request" }).click();
  const sent = (await asked).postData() ?? "";
  expect(sent).toMatch(/"apiKeyHash":"[0-9a-f]{64}"/);
  expect(sent).not.toContain(secret);
  await expect(page.getByRole("list", { name: "Steps, live" })).toContainText(
    "the key may make this request",
  );
  await expect(page).toHaveURL(/\/explain\?method=GET&path=%2Fv1%2Fusers%2F42$/);
  expect(await page.content()).not.toContain(secret);
});

test("what was asked is in the address, a near miss is named, and an unknown request ID says what is not kept", async ({
  page,
}) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/explain?method=GET&path=/v1/Users/42");
  await expect(page.getByRole("list", { name: "Candidates, live" })).toContainText(
    "upper and lower case differ at segment 2: 'users'",
  );
  await page.goto("/t/acme/explain?request=never-seen");
  await expect(page.getByText("No refusal with this ID in the last 24 hours")).toBeVisible();
  await page.getByLabel("Request ID").fill("not an id!");
  await page.getByRole("button", { name: "Find refusal" }).click();
  await expect(page.getByText("This is not a request ID")).toBeVisible();
});

for (const width of [1440, 375]) {
  test(`Explain has no accessibility violation at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await signInAs(page, "acme", "owner");
    for (const query of ["?method=GET&path=/v1/users/42", "?request=never-seen"]) {
      await page.goto(`/t/acme/explain${query}`);
      await expect(
        page.getByText(/Draft and live|Publishing changes|No refusal with this ID/).first(),
      ).toBeVisible();
      await expectNoViolation(page, query);
    }
  });
}
