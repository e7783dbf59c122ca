import { expect, type Page, test } from "./journey.ts";
import { expectNoViolation } from "./no-violation.ts";
import { forgetSession, GATEWAY_URL, partnerKey, signInAs } from "./session.ts";

/** Enqueues a job of the demo whose body says who it is for, with a password in it; gives its id. */
async function enqueueFor(page: Page, orderId: string): Promise<string> {
  const response = await page.request.post(`${GATEWAY_URL}/gw/acme/v1/inventory/sync`, {
    headers: { "x-api-key": partnerKey() },
    data: { orderId, customer: { email: "ada@mail.example" }, password: "hunter2-hunter2" },
  });
  expect(response.status()).toBe(202);
  return (await response.json()).data.jobId;
}

const order = () => `ord-${crypto.randomUUID()}`;

test("a job is found by a value in its payload, the view is saved, shared and found again", async ({
  page,
}) => {
  await signInAs(page, "acme", "support");
  const orderId = order();
  const id = await enqueueFor(page, orderId);
  await enqueueFor(page, order());
  await page.goto("/t/acme/jobs");
  const further = page.getByRole("button", { name: "More filters" });
  await further.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Filter jobs" });
  await dialog.press("Escape");
  await expect(further).toBeFocused();
  await further.press("Enter");
  const payload = dialog.getByRole("textbox", { name: "Value in the payload" });
  await payload.fill("body.password=x");
  await dialog.getByRole("button", { name: "Show jobs" }).click();
  await expect(dialog.getByText(/which is masked and cannot be searched/)).toBeVisible();
  await expectNoViolation(page, "filter dialog");
  await payload.fill(`body.orderId=${orderId}`);
  await dialog.getByRole("button", { name: "Show jobs" }).click();
  await expect(page.getByText("1 job", { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/payload=body\.orderId/);

  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save this view…" }).click();
  const save = page.getByRole("dialog", { name: "Save this view" });
  await save.getByRole("textbox", { name: "Name" }).fill(orderId);
  await save.getByRole("checkbox", { name: "Everybody of this tenant sees it" }).click();
  await save.getByRole("button", { name: "Save view" }).click();
  await expect(save).toBeHidden();

  await forgetSession(page);
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/jobs");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: `${orderId}, shared` }).click();
  await expect(page.getByText("1 job", { exact: true })).toBeVisible();
  await page.getByRole("table").getByRole("link", { name: "flaky" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${id}$`));
});

test("who may reveals what is masked with a reason, sees it until leaving, and the story tells", async ({
  page,
}) => {
  await signInAs(page, "acme", "support");
  const id = await enqueueFor(page, order());
  const reason = `ticket ${crypto.randomUUID()}`;
  await page.goto(`/t/acme/jobs/${id}`);
  const main = page.getByRole("main");
  await expect(main.getByText('"•••"').first()).toBeVisible();
  await expect(main.getByText("hunter2-hunter2")).toBeHidden();
  await page.getByRole("button", { name: "Reveal masked values…" }).click();
  const dialog = page.getByRole("dialog", { name: "Reveal what is masked?" });
  await dialog.getByRole("button", { name: "Reveal", exact: true }).click();
  await expect(dialog.getByText("is required")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill(reason);
  await dialog.getByRole("button", { name: "Reveal", exact: true }).click();
  await expect(main.getByText("hunter2-hunter2").first()).toBeVisible();
  await expect(main.getByText("revealed what is masked")).toBeVisible();
  await expect(main.getByText(reason)).toBeVisible();
  await expectNoViolation(page, "a revealed job");
  await page.reload();
  await expect(main.getByText(reason)).toBeVisible();
  await expect(main.getByText("hunter2-hunter2")).toBeHidden();

  await forgetSession(page);
  await signInAs(page, "acme", "viewer");
  await page.goto(`/t/acme/jobs/${id}`);
  await expect(page.getByRole("button", { name: "Reveal masked values…" })).toBeDisabled();
});

test("states are chosen by keyboard and live in the address, and an ID pasted into the palette opens its job", async ({
  page,
}) => {
  await signInAs(page, "acme", "viewer");
  const id = await enqueueFor(page, order());
  await page.goto("/t/acme/jobs");
  const dead = page.getByRole("button", { name: "Dead", exact: true });
  await dead.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/state=dead/);
  await expect(dead).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Cancelled", exact: true }).click();
  await expect(page).toHaveURL(/state=dead%2Ccancelled/);
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Go to a page or do something" }).fill(id);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/jobs/${id}$`));
});

test("a filter that cannot be asked says why, and the page stays", async ({ page }) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/jobs?payload=body.password%3Dx");
  await expect(page.getByText(/masked and cannot be searched/)).toBeVisible();
  await expectNoViolation(page, "a refused filter");
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.getByRole("table")).toBeVisible();
});
