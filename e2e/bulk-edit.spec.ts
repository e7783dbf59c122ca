import { expect, type Page, test } from "./journey.ts";
import { expectNoViolation } from "./no-violation.ts";
import { resetDraft, signInAs } from "./session.ts";

test.afterAll(resetDraft);

/** Adds routes below a first segment that no other journey uses, as the signed-in person, and gives that segment. */
async function addRoutes(page: Page, count: number): Promise<string> {
  const prefix = `/bulk-${Date.now().toString(36)}`;
  const statuses = await page.evaluate(
    ([start, amount]) =>
      Promise.all(
        Array.from({ length: amount }, async (_, index) => {
          const response = await fetch("/api/v1/tenants/acme/routes", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({
              method: index === 0 ? "POST" : "GET",
              path: `${start}/${index}`,
              target: { type: "function", function: "hello" },
            }),
          });
          return response.status;
        }),
      ),
    [prefix, count] as const,
  );
  expect(new Set(statuses)).toEqual(new Set([201]));
  return prefix;
}

test("with the keyboard alone: choose routes, see what a change does to each, make it, take it back", async ({
  page,
}) => {
  await signInAs(page, "acme", "owner");
  const prefix = await addRoutes(page, 5);
  await page.goto(`/t/acme/routes?prefix=${encodeURIComponent(prefix)}`);
  const table = page.getByRole("region", { name: "Routes" });
  const rows = table.getByRole("row").filter({ has: page.getByRole("checkbox") });
  await expect(rows).toHaveCount(5);

  // The rows are there before the page listens.
  await expect(async () => {
    await page.keyboard.press("j");
    await expect(rows.nth(0).getByRole("link")).toBeFocused({ timeout: 1_000 });
  }).toPass();
  await page.keyboard.press("x");
  for (const key of ["j", "ArrowDown", "Shift+X"]) await page.keyboard.press(key);
  const chosen = page.getByRole("region", { name: "Chosen routes" });
  await expect(chosen.getByText("3 routes chosen")).toBeVisible();
  await page.keyboard.press("x");
  await expect(chosen.getByText("2 routes chosen")).toBeVisible();
  await page.keyboard.press("x");

  await chosen.getByRole("button", { name: "Edit…" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Edit many routes" });
  await dialog.getByLabel("Who may call").selectOption("none");
  await expect(dialog.getByText("3 routes will answer anybody, without a key.")).toBeVisible();
  await expect(dialog.getByText("1 route of these can be used to change things.")).toBeVisible();
  await expect(dialog.getByRole("region", { name: "What changes" }).getByRole("listitem")).toHaveCount(3);
  await expectNoViolation(page, "many routes, edited");
  await dialog.getByRole("button", { name: "Change auth on 3 routes" }).press("Enter");
  await expect(dialog).toBeHidden();
  await expect(table.getByText("Public write")).toHaveCount(1);
  await expect(table.getByText("Public", { exact: true })).toHaveCount(2);

  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await expect(page.getByText("Undone", { exact: true })).toBeVisible();
  await expect(table.getByText("Public", { exact: true })).toHaveCount(0);
  await expect(table.getByText("Any key")).toHaveCount(5);
});

test("all that match a filter are deleted in one step, and come back in one", async ({ page }) => {
  await signInAs(page, "acme", "owner");
  const prefix = await addRoutes(page, 4);
  await page.goto(`/t/acme/routes?prefix=${encodeURIComponent(prefix)}`);
  const table = page.getByRole("region", { name: "Routes" });
  await table.getByRole("checkbox").first().click();
  const chosen = page.getByRole("region", { name: "Chosen routes" });
  await chosen.getByRole("button", { name: "Choose all 4 routes that match" }).click();
  await expect(chosen.getByText("All 4 routes chosen")).toBeVisible();
  await chosen.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete routes" });
  await dialog.getByRole("button", { name: "Delete 4 routes" }).click();
  await expect(page.getByText("No route matches.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(table.getByRole("checkbox")).toHaveCount(4);
});
