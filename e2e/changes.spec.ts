import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "./journey.ts";
import { GATEWAY_URL, signInAs } from "./session.ts";

const fresh = (what: string) => `${what}-${Date.now().toString(36)}`;

async function statusOf(path: string): Promise<number> {
  const response = await fetch(`${GATEWAY_URL}/gw/globex${path}`);
  await response.arrayBuffer();
  return response.status;
}

/** Makes or changes things the way a script would; the journey itself is about what comes after. */
async function call(page: Page, method: "get" | "post" | "put", path: string, data?: object) {
  const origin = new URL(page.url()).origin;
  const response = await page.request[method](`/api/v1/tenants/globex${path}`, {
    headers: { origin },
    ...(data ? { data } : {}),
  });
  expect(response.ok(), await response.text()).toBe(true);
  return (await response.json()).data;
}

async function publish(page: Page, note: string): Promise<number> {
  await page.getByLabel("Note").fill(note);
  const all = page.getByRole("checkbox", { name: /^Publish with/ }).first();
  if (await all.isVisible()) await all.click();
  await page.getByRole("button", { name: /^Publish \d+ changes?$/ }).click();
  const told = page.getByText(/^r\d+ live on (\d+) of \1 in \d/);
  await expect(told).toBeVisible();
  return Number(/^r(\d+)/.exec((await told.textContent()) ?? "")?.[1]);
}

test("a change is reviewed in words, published, watched, rolled back in two clicks and imported again", async ({
  page,
}) => {
  const path = `/journey/${fresh("history")}`;
  const key = fresh("Partner");
  await signInAs(page, "globex", "owner");
  await call(page, "post", "/keys", { name: key });
  const target = { type: "function", function: "hello" };
  const route = await call(page, "post", "/routes", { method: "GET", path, target });
  await page.goto("/t/globex/changes");
  await expect(page.getByRole("list", { name: "Changes" }).getByRole("link", { name: path })).toBeVisible();
  const first = await publish(page, "Open the journey");
  await expect(page.getByRole("region", { name: `Revision ${first} on the gateways` })).toContainText(
    /after \d+ ms/,
  );
  expect(await statusOf(path)).toBe(401);

  const { version, ...document } = await call(page, "get", `/routes/${route.id}`);
  await call(page, "put", `/routes/${route.id}`, { ...document, version, enabled: false });
  await page.goto(`/t/globex/changes?q=${path}`);
  const list = page.getByRole("list", { name: "Changes" });
  await expect(list.getByText("switched off: its callers get 404 or 405")).toBeVisible();
  const keys = page.getByRole("region", { name: "Keys affected" });
  await expect(keys.getByRole("listitem").filter({ hasText: key })).toContainText(`loses GET ${path}`);
  await list.getByRole("button", { name: `Actions for GET ${path}` }).click();
  await page.getByRole("menuitem", { name: "Show the document" }).click();
  const panel = page.getByRole("dialog", { name: `GET ${path}` });
  await expect(panel.getByText('"enabled": false')).toBeVisible();
  await page.keyboard.press("Escape");
  await publish(page, "Close the journey");
  expect(await statusOf(path)).toBe(404);

  await page.goto(`/t/globex/revisions/${first}`);
  await page.getByRole("button", { name: `Roll back to r${first}` }).click();
  const question = page.getByRole("dialog", { name: `Roll back to r${first}?` });
  await expect(question.getByRole("region", { name: "Keys affected" })).toContainText(`gains GET ${path}`);
  await expect(question.getByText(/It stays as it is/)).toBeVisible();
  await question.getByRole("button", { name: `Roll back to r${first}` }).click();
  await page.waitForURL((url) => url.pathname.endsWith(`/revisions/${first + 2}`));
  await expect(page.getByText(/^r\d+ live on (\d+) of \1 in \d/)).toBeVisible();
  expect(await statusOf(path)).toBe(401);

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`globex-r${first + 2}.json`);
  const file = await download.path();
  const { hash } = JSON.parse(await readFile(file, "utf8"));

  await page.goto("/t/globex/revisions");
  await page.getByRole("button", { name: `Roll back to r${first + 1}` }).click();
  await expect(page.getByRole("dialog", { name: `Roll back to r${first + 1}?` })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Import a revision" }).click();
  const dialog = page.getByRole("dialog", { name: "Import a revision" });
  await dialog.getByLabel("File").setInputFiles(file);
  await expect(dialog.getByText(/would change the draft: 1 changed/)).toBeVisible();
  await dialog.getByRole("button", { name: "Replace the draft" }).click();
  await page.waitForURL("**/t/globex/changes");
  await expect(page.getByText("The draft is what is live.")).toBeVisible();
  expect((await call(page, "get", `/revisions/${first + 2}`)).hash).toBe(hash);
});

test("a discarded change can be brought back, and a tampered file is refused with the place", async ({
  page,
}) => {
  const path = `/journey/${fresh("discard")}`;
  await signInAs(page, "globex", "owner");
  await call(page, "post", "/routes", {
    method: "GET",
    path,
    target: { type: "function", function: "hello" },
  });
  await page.goto("/t/globex/changes");
  const list = page.getByRole("list", { name: "Changes" });
  await list.getByRole("button", { name: `Actions for GET ${path}` }).click();
  await page.getByRole("menuitem", { name: "Discard change" }).click();
  await expect(list.getByText(path)).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("list", { name: "Changes" }).getByText(path)).toBeVisible();

  // Long after the message with its Undo has gone, the way back is still on the page.
  await list.getByRole("button", { name: `Actions for GET ${path}` }).click();
  await page.getByRole("menuitem", { name: "Discard change" }).click();
  await expect(list.getByText(path)).toBeHidden();
  await page.reload();
  await page.getByRole("button", { name: /^Take back the change of/ }).click();
  await expect(page.getByRole("list", { name: "Changes" }).getByText(path)).toBeVisible();

  // Somebody else publishes meanwhile: the page says so, and compares anew when asked to.
  const { draftVersion } = await call(page, "get", "/changes");
  const { number } = await call(page, "post", "/publish", { draftVersion });
  await expect(page.getByText(`r${number} went live while you were looking.`)).toBeVisible();
  await page.getByRole("button", { name: `Compare with r${number}` }).click();
  await expect(page.getByText("The draft is what is live.")).toBeVisible();

  await page.goto("/t/globex/revisions");
  await page.getByRole("button", { name: "Import a revision" }).click();
  const dialog = page.getByRole("dialog", { name: "Import a revision" });
  await dialog.getByLabel("File").setInputFiles({
    name: "tampered.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify({ format: 1, hash: "0".repeat(64), routes: [] })),
  });
  await expect(dialog.getByText("was changed after it was exported")).toBeVisible();
});
