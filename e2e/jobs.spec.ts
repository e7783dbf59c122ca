import { expect, test } from "./journey.ts";
import { enqueueFailingJob, GATEWAY_URL, partnerKey, signInAs } from "./session.ts";

/** A dead job needs two attempts and the second between them. */
const DEAD_WITHIN = { timeout: 30_000 };

test("a failing job becomes a dead letter and is retried from the console, under the same ID", async ({
  page,
}) => {
  await signInAs(page, "acme", "support");
  const id = await enqueueFailingJob(page);

  await page.goto(`/t/acme/jobs/${id}`);
  await expect(page.getByText("It failed all 2 attempts and waits for somebody")).toBeVisible(DEAD_WITHIN);
  await expect(page.getByText("Attempt 2", { exact: true })).toBeVisible();

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Dead letters" }).click();
  await expect(page.getByRole("heading", { name: "Dead letters", level: 1 })).toBeVisible();
  await page
    .getByRole("link", { name: /the inventory service did not answer/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { name: "Examples" })).toBeVisible();
  await page.getByRole("table", { name: "Examples" }).getByRole("link", { name: "flaky" }).first().click();
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await page.goto(`/t/acme/jobs/${id}`);

  await page.getByRole("button", { name: "Retry", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Retry this job?" });
  await dialog.getByRole("button", { name: "Retry job" }).click();
  await expect(dialog.getByText("is required")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("the inventory service is back");
  await dialog.getByRole("button", { name: "Retry job" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Job sent round again", { exact: true })).toBeVisible();
  await expect(page.getByRole("main").getByText("the inventory service is back")).toBeVisible();
  await expect(page.getByText("It failed all 4 attempts and waits for somebody")).toBeVisible(DEAD_WITHIN);

  const status = await page.request.get(`${GATEWAY_URL}/gw/acme/v1/jobs/${id}`, {
    headers: { "x-api-key": partnerKey() },
  });
  const { data } = await status.json();
  expect(data).toMatchObject({ jobId: id, status: "dead", attempts: 4, maxAttempts: 4 });
});

test("a dead letter that nobody needs is discarded with a reason and cannot be retried afterwards", async ({
  page,
}) => {
  await signInAs(page, "acme", "developer");
  const id = await enqueueFailingJob(page);
  await page.goto(`/t/acme/jobs/${id}`);
  await expect(page.getByText("It failed all 2 attempts and waits for somebody")).toBeVisible(DEAD_WITHIN);
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Discard this job?" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("sent twice");
  await dialog.getByRole("button", { name: "Discard job" }).click();
  await expect(page.getByRole("status").getByText("Discarded", { exact: true })).toBeVisible();
  const retry = page.getByRole("button", { name: "Retry", exact: true });
  await expect(retry).toHaveAccessibleDescription("This job was discarded; enqueue it anew.");
});

test("a viewer sees a job's whole story and is told why nothing can be done", async ({ page }) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/jobs?state=dead");
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
  for (const name of ["Retry", "Discard", "Cancel job"]) {
    const button = page.getByRole("button", { name, exact: true });
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription(/you are a viewer/);
  }
});
