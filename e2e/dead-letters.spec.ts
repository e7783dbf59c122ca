import { expect, type Page, test } from "./journey.ts";
import { enqueueFailingJob, forgetSession, signInAs } from "./session.ts";

const API = "/api/v1/tenants/acme";
/** A job of the demo's flaky function has two attempts, and a second between them. */
const DEAD_WITHIN = { timeout: 30_000 };

async function untilDead(page: Page, id: string): Promise<void> {
  await expect
    .poll(async () => (await (await page.request.get(`${API}/jobs/${id}`)).json()).data.state, DEAD_WITHIN)
    .toBe("dead");
}

test("a group of dead letters is requeued from the list: counted, started with a reason, and every job told of", async ({
  page,
}) => {
  await signInAs(page, "acme", "support");
  const ids = [await enqueueFailingJob(page), await enqueueFailingJob(page)];
  for (const id of ids) await untilDead(page, id);

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Dead letters" }).click();
  await expect(page.getByRole("heading", { name: "Dead letters", level: 1 })).toBeVisible();
  await page.getByRole("searchbox", { name: "Search by message or function" }).fill("inventory service");
  await expect(page).toHaveURL(/q=inventory/);
  await page
    .getByRole("checkbox", { name: /the inventory service did not answer/ })
    .first()
    .check();
  await page
    .getByRole("region", { name: "Chosen groups" })
    .getByRole("button", { name: /^Requeue / })
    .click();

  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("as they are now, each under its own ID")).toBeVisible();
  const start = dialog.getByRole("button", { name: /^Requeue \d+ jobs?$/ });
  await start.click();
  await expect(dialog.getByText("is required")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("the inventory service is back");
  // The function fails all the same, and other journeys may have left more of its jobs than would stop the run.
  await dialog.getByRole("checkbox", { name: "Stop by itself when the same error comes back" }).click();
  await start.click();

  await expect(page).toHaveURL(/\/dead-letters\/runs\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name: /^Requeue of \d+ jobs? of one group$/ })).toBeVisible();
  await expect(page.getByRole("main").getByText("the inventory service is back")).toBeVisible();
  await expect(page.getByRole("status").getByText("Complete", { exact: true })).toBeVisible(DEAD_WITHIN);
  await expect(page.getByText("Died again", { exact: true }).first()).toBeVisible(DEAD_WITHIN);
  await page.getByRole("combobox", { name: "Outcome" }).selectOption({ label: "Failed (0)" });
  await expect(page.getByText("No job has this outcome.")).toBeVisible();

  await page.goto(`/t/acme/jobs/${ids[0]}`);
  await expect(page.getByRole("main").getByText("the inventory service is back")).toBeVisible();
});

test("a dead job's payload is changed before a retry, what is hidden stays hidden, and it succeeds", async ({
  page,
}) => {
  await signInAs(page, "acme", "developer");
  const id = await enqueueFailingJob(page);
  await untilDead(page, id);
  await page.goto(`/t/acme/jobs/${id}`);
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Retry this job?" });
  await dialog.getByRole("switch", { name: "Change the payload first" }).click();
  const editor = dialog.getByRole("textbox", { name: "Payload" });
  await expect(editor).toContainText('"fail"');
  const { data } = await (await page.request.get(`${API}/jobs/${id}`)).json();
  // The editor holds no more lines than are seen, so the whole text is chosen by its own key.
  await editor.press("ControlOrMeta+a");
  await page.keyboard.insertText(JSON.stringify({ ...data.input, body: { fail: false } }, null, 2));
  await expect(dialog.getByRole("region", { name: "What changes" })).toContainText("/body/fail");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("it was told to fail");
  await dialog.getByRole("button", { name: "Retry with 1 change" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("status").getByText("Succeeded", { exact: true })).toBeVisible(DEAD_WITHIN);
  await page.getByText("with another payload: 1 change").click();
  await expect(page.getByRole("main").getByText("/body/fail")).toBeVisible();
});

test("a viewer sees groups and runs, and is told why nothing can be requeued", async ({ page }) => {
  await signInAs(page, "acme", "support");
  await untilDead(page, await enqueueFailingJob(page));
  await forgetSession(page);
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/dead-letters");
  await expect(page.getByRole("checkbox")).toHaveCount(0);
  await page.getByRole("table", { name: "Groups of dead letters" }).getByRole("link").first().click();
  const requeue = page.getByRole("button", { name: /^Requeue / });
  await expect(requeue).toBeDisabled();
  await expect(requeue).toHaveAccessibleDescription(/you are a viewer/);
});
