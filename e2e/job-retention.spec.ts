import { expect, test } from "./journey.ts";
import { enqueueFailingJob, signInAs } from "./session.ts";

/** A dead job needs two attempts and the second between them. */
const DEAD_WITHIN = { timeout: 30_000 };

test("a dead job says when it will be deleted, is held with a reason, and is released again", async ({
  page,
}) => {
  await signInAs(page, "acme", "support");
  const id = await enqueueFailingJob(page);
  await page.goto(`/t/acme/jobs/${id}`);
  await expect(page.getByText(/^Will be deleted /)).toBeVisible(DEAD_WITHIN);

  await page.getByRole("button", { name: "Hold", exact: true }).click();
  const hold = page.getByRole("dialog", { name: "Hold this job?" });
  await hold.getByRole("button", { name: "Hold job" }).click();
  await expect(hold.getByText("is required")).toBeVisible();
  await hold.getByRole("textbox", { name: "Reason" }).fill("evidence for the insurer");
  await hold.getByRole("button", { name: "Hold job" }).click();
  await expect(hold).toBeHidden();
  await expect(page.getByText(/^Held by .* it is not deleted until it is released/)).toBeVisible();
  await expect(page.getByText("“evidence for the insurer”")).toBeVisible();

  await page.getByRole("button", { name: "Release", exact: true }).click();
  const release = page.getByRole("dialog", { name: "Release this job?" });
  await release.getByRole("textbox", { name: "Reason" }).fill("the case is closed");
  await release.getByRole("button", { name: "Release job" }).click();
  await expect(release).toBeHidden();
  await expect(page.getByText(/^Will be deleted /)).toBeVisible();
});

test("the owner sets for how long jobs are kept, mistakes are said at their field, others may only look", async ({
  page,
}) => {
  await signInAs(page, "globex", "owner");
  await page.goto("/t/globex/settings");
  const form = page.getByRole("form", { name: "How long jobs are kept" });
  const dead = form.getByRole("textbox", { name: "Dead jobs" });
  const before = await dead.inputValue();
  const save = form.getByRole("button", { name: "Save days" });
  await expect(save).toHaveAccessibleDescription("Nothing has been changed.");

  await dead.fill("0");
  await save.click();
  await expect(form.getByText("must be at least 1")).toBeVisible();
  await dead.fill("many");
  await save.click();
  await expect(dead).toHaveAttribute("aria-invalid", "true");
  const other = String(Number(before) + 1);
  await dead.fill(other);
  await save.click();
  await expect(page.getByText("What is older than that is deleted within minutes.")).toBeVisible();
  await page.reload();
  await expect(dead).toHaveValue(other);
});

test("who may not manage the tenant sees the days and why they cannot be changed", async ({ page }) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/settings");
  const form = page.getByRole("form", { name: "How long jobs are kept" });
  await expect(form.getByRole("textbox", { name: "Dead jobs" })).toHaveAttribute("readonly", "");
  await expect(form.getByRole("button", { name: "Save days" })).toHaveAccessibleDescription(/Only owners/);
});
