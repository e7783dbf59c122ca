import { expect, type Locator, type Page, test } from "./journey.ts";
import { expectNoViolation } from "./no-violation.ts";
import { resetDraft, signInAs } from "./session.ts";

test.afterAll(resetDraft);

/** A path that no other run of these journeys uses. */
const fresh = (what: string) => `/journey/${what}-${Date.now().toString(36)}`;

const section = (page: Page, title: string) => page.getByRole("button", { name: new RegExp(`^${title}`) });

async function open(page: Page, title: string): Promise<void> {
  const button = section(page, title);
  if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
  await expect(button).toHaveAttribute("aria-expanded", "true");
}

/** What a person does with several lines on the clipboard. */
const paste = (field: Locator, text: string) =>
  field.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", pasted);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);

/** The route of the page that is open, as the API has it. */
async function stored(page: Page) {
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const response = await page.request.get(`/api/v1/tenants/acme/routes/${id}`);
  return (await response.json()).data;
}

/** Opens the form for a new route with what it cannot do without. */
async function startRoute(page: Page, path: string): Promise<void> {
  await page.goto("/t/acme/routes/new");
  await page.getByLabel("Path", { exact: true }).fill(path);
  const target = page.getByRole("combobox", { name: "Function" });
  await target.fill("hello");
  // What is on offer closes when the field is left.
  await target.press("Tab");
}

async function create(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Create route" }).click();
  await page.waitForURL(/\/routes\/[0-9a-f-]{36}/);
}

test("everything that is set in a route's sections is there again after a reload", async ({ page }) => {
  const path = fresh("whole");
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme/routes");
  await startRoute(page, path);
  await page.getByLabel("Method").selectOption("POST");

  await open(page, "Who may call");
  await page.getByLabel("Callers", { exact: true }).selectOption("bearer");
  await paste(page.getByLabel("Required scopes"), "orders:read orders:write");
  await page.getByRole("button", { name: "Add claim" }).click();
  await page.getByLabel("Name of claim 1").fill("level");
  await page.getByLabel("Kind of claim 1").selectOption("number");
  await page.getByLabel("Value of claim 1").fill("3");

  await open(page, "Limits");
  await page.getByLabel("Largest body", { exact: true }).fill("64");
  await page.getByLabel("Unit of the largest body").selectOption("KiB");

  await open(page, "CORS");
  await page.getByRole("button", { name: "Remove *" }).click();
  await paste(page.getByLabel("Origins"), "https://a.example, https://b.example\nhttps://c.example");
  await page.getByRole("checkbox", { name: "With cookies" }).click();

  await open(page, "Request validation");
  await page.getByRole("switch", { name: "Check requests" }).click();
  await page
    .getByRole("textbox", { name: "Schema of the body" })
    .fill('{"required":["sku"],"properties":{}}');

  await open(page, "Transformation");
  await page.getByRole("switch", { name: "Change requests" }).click();
  await page.getByRole("button", { name: "Add header" }).last().click();
  await page.getByLabel("Answer headers to set: name 1").fill("X-Source");
  await page.getByLabel("Answer headers to set: value 1").fill("gate");

  await open(page, "Name and tags");
  const tags = page.getByRole("textbox", { name: "Tags" });
  await tags.fill("billing");
  await tags.press("Enter");
  await tags.fill("not yet entered");
  await page.keyboard.press("ControlOrMeta+s");

  await page.waitForURL(/\/routes\/[0-9a-f-]{36}/);
  await expect(page.getByText("Saved in the draft, not live yet.")).toBeVisible();
  const before = await stored(page);
  expect(before).toMatchObject({
    method: "POST",
    path,
    target: { type: "function", function: "hello", timeoutMs: 5000 },
    auth: { mode: "bearer", requiredScopes: ["orders:read", "orders:write"], requiredClaims: { level: 3 } },
    cors: {
      allowOrigins: ["https://a.example", "https://b.example", "https://c.example"],
      allowCredentials: true,
    },
    maxBodyBytes: 65_536,
    validation: { body: { required: ["sku"], properties: {} }, query: null },
    transform: { response: { setHeaders: { "X-Source": "gate" } } },
    tags: ["billing", "not yet entered"],
  });

  await page.reload();
  await expect(section(page, "Who may call")).toContainText("scopes orders:read, orders:write and 1 claim");
  await expect(section(page, "CORS")).toContainText("https://a.example, https://b.example and 1 more");
  await expect(section(page, "Limits")).toContainText("bodies up to 64 KiB");
  await open(page, "Request validation");
  await expect(page.getByRole("textbox", { name: "Schema of the body" })).toContainText('"sku"');
  await open(page, "Name and tags");
  await expect(page.getByRole("button", { name: "Remove not yet entered" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Save route" })).toHaveAttribute("aria-disabled", "true");

  await page.getByRole("textbox", { name: /^Name/ }).fill("Orders");
  await page.getByRole("button", { name: "Save route" }).click();
  await expect(page.getByText("Saved in the draft, not live yet.")).toBeVisible();
  const { version: _a, updatedAt: _b, ...after } = await stored(page);
  const { version: _c, updatedAt: _d, ...same } = before;
  expect(after).toEqual({ ...same, name: "Orders" });

  await page.getByRole("button", { name: "Undo save" }).click();
  await expect(page.getByRole("textbox", { name: /^Name/ })).toHaveValue("");
  expect((await stored(page)).name).toBe("");
});

test("a refused save opens the section of the mistake and goes to its field", async ({ page }) => {
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme/routes/new#cors");
  await expect(section(page, "CORS")).toHaveAttribute("aria-expanded", "true");
  await startRoute(page, fresh("mistake"));
  await open(page, "CORS");
  const origins = page.getByLabel("Origins");
  await origins.fill("https://a.example/");
  await origins.press("Enter");
  await section(page, "CORS").click();
  await expect(origins).toBeHidden();
  await page.getByRole("button", { name: "Create route" }).click();
  await expect(origins).toBeFocused();
  await expect(origins).toHaveAccessibleDescription(/“https:\/\/a\.example\/”: Must be \* or an origin/);
  await page.getByRole("button", { name: "Remove https://a.example/" }).click();
  await expect(origins).not.toHaveAttribute("aria-invalid", "true");
  await create(page);
});

test("what callers will get follows what is typed", async ({ page }) => {
  await signInAs(page, "acme", "owner");
  await startRoute(page, "/journey/preview/:id");
  const effect = page.getByRole("complementary", { name: "What callers will get" });
  await expect(effect.getByRole("region", { name: "Call it" })).toContainText("/gw/acme/journey/preview/123");
  const answers = effect.getByRole("table");
  await expect(answers).toContainText("missing_credentials");
  await open(page, "Who may call");
  await page.getByLabel("Callers", { exact: true }).selectOption("none");
  await expect(answers).not.toContainText("missing_credentials");
  await expect(effect.getByText("A browser on https://app.example.com may call it.")).toBeVisible();
  await open(page, "CORS");
  await page.getByRole("button", { name: "Remove *" }).click();
  await expect(effect.getByText("https://app.example.com is not among the allowed origins.")).toBeVisible();
});

test("a route is duplicated with all it says, disabled, and enabled again by taking it back", async ({
  page,
}) => {
  const path = fresh("original");
  await signInAs(page, "acme", "owner");
  await startRoute(page, path);
  await open(page, "Cache");
  await page.getByRole("switch", { name: "Keep answers" }).click();
  await create(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(path);

  await page.getByRole("button", { name: "Disable route" }).click();
  await expect(page.getByRole("button", { name: "Enable route" })).toBeVisible();
  expect((await stored(page)).enabled).toBe(false);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page.getByRole("button", { name: "Disable route" })).toBeVisible();
  expect((await stored(page)).enabled).toBe(true);

  await page.getByRole("link", { name: "Duplicate" }).click();
  await expect(page.getByRole("heading", { name: "Duplicate route" })).toBeVisible();
  await expect(section(page, "Cache")).toContainText("300 seconds");
  await page.getByLabel("Path", { exact: true }).fill(`${path}-copy`);
  await create(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${path}-copy`);
  expect((await stored(page)).cache).toEqual({ ttlSeconds: 300 });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the open sections of the editor have no accessibility violation in the ${colorScheme} theme`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await signInAs(page, "acme", "owner");
    await startRoute(page, "/journey/axe");
    for (const title of ["Who may call", "Limits", "CORS", "Cache", "Target settings", "Version"]) {
      await open(page, title);
    }
    await page.getByLabel("Callers", { exact: true }).selectOption("bearer");
    await page.getByRole("button", { name: "Add claim" }).click();
    await open(page, "Request validation");
    await page.getByRole("switch", { name: "Check requests" }).click();
    await page.getByRole("button", { name: "Start from an example body schema" }).click();
    await expect(page.getByRole("textbox", { name: "Schema of the body" })).toContainText('"quantity"');
    await open(page, "Transformation");
    await page.getByRole("switch", { name: "Change requests" }).click();
    await open(page, "Name and tags");
    for (const width of [1_440, 375]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoViolation(page, `the editor at ${width}`);
    }
  });
}
