import { expect, type Page, test } from "./journey.ts";
import { GATEWAY_URL, signInAs } from "./session.ts";

const PHONE = { width: 375, height: 800 };
const fresh = (what: string) => `${what} ${Date.now().toString(36)}`;

/** What the gateway answers to the key. */
async function answerTo(key: string): Promise<{ status: number; code: string | undefined }> {
  const response = await fetch(`${GATEWAY_URL}/gw/acme/v1/users`, { headers: { "x-api-key": key } });
  const body = await response.json();
  return { status: response.status, code: body.error?.code };
}

async function makeLink(page: Page, name: string): Promise<string> {
  await page.goto("/t/acme/keys/links");
  await page.getByRole("button", { name: "Hand over key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Hand over a key" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("radio", { name: /Requests by hand/ }).click();
  await dialog.getByLabel("Path of row 1").fill("/v1/users/*");
  await expect(dialog.getByText("Opens 2 live routes")).toBeVisible();
  await dialog.getByLabel("Note to the partner").fill("Welcome aboard");
  await dialog.getByRole("button", { name: "Make claim link" }).click();
  const once = page.getByRole("dialog", { name: `The claim link for “${name}”` });
  const link = (await once.getByText(/^http.*\/claim#ghc_/).textContent())?.trim() ?? "";
  const mail = (await once.getByRole("link", { name: "Write an e-mail" }).getAttribute("href")) ?? "";
  expect(mail).toMatch(/^mailto:/);
  expect(decodeURIComponent(mail)).not.toContain("ghc_");
  await page.keyboard.press("Escape");
  await expect(once).toBeVisible();
  await once.getByRole("checkbox", { name: "I have stored it" }).click();
  await once.getByRole("button", { name: "Done" }).click();
  await expect(once).toBeHidden();
  return link;
}

/** Everything in a page's reach where a secret could have been kept. */
const keptIn = (page: Page) =>
  page.evaluate(async () => {
    const databases = (await indexedDB.databases?.()) ?? [];
    const caches_ = await caches.keys().catch(() => []);
    return JSON.stringify([
      document.documentElement.outerHTML,
      location.href,
      history.state,
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      databases,
      caches_,
      performance.getEntriesByType("resource").map(({ name }) => name),
    ]);
  });

test("a partner reveals a key that nobody has seen, tries it, and it is rotated without a gap", async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const name = fresh("Northwind");
  await signInAs(page, "acme", "admin");
  const link = await makeLink(page, name);
  const secret = new URL(link).hash.slice(1);
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("Waiting");
  expect(await keptIn(page)).not.toContain(secret.slice(8, 40));
  // A scanner follows the link and burns nothing.
  await page.request.get(link);

  const context = await browser.newContext({ viewport: PHONE, hasTouch: true });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const partner = await context.newPage();
  const requested: { url: string; referer: string | undefined }[] = [];
  partner.on("request", (request) => {
    requested.push({ url: request.url(), referer: request.headers().referer });
  });
  await partner.goto(link);
  await expect(partner.getByRole("heading", { name: /has an API key for you/ })).toBeVisible();
  expect(partner.url()).not.toContain("#");
  await expect(partner.getByText("Welcome aboard")).toBeVisible();
  await expect(partner.getByText("It opens 2 routes")).toBeVisible();
  await expect(partner.getByText(`${GATEWAY_URL}/gw/acme`)).toBeVisible();
  const overflow = await partner.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await expect(row).toContainText("Opened", { timeout: 15_000 });

  await partner.getByRole("button", { name: "Reveal key" }).click();
  await expect(partner.getByRole("heading", { name: /^Your key for/ })).toBeVisible();
  const key = (await partner.locator("[data-secret]").textContent())?.trim() ?? "";
  expect(key).toMatch(/^gh_\S{49}$/);
  await partner.getByRole("button", { name: "Copy key" }).click();
  expect(await partner.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await partner.getByRole("button", { name: "Test my key" }).click();
  await expect(partner.getByText(/^200 in \d+ ms: The key works/)).toBeVisible();
  expect((await answerTo(key)).status).toBe(200);

  const origins = new Set(requested.map(({ url }) => new URL(url).origin));
  expect([...origins].sort()).toEqual([new URL(link).origin, new URL(GATEWAY_URL).origin].sort());
  for (const { url, referer } of requested) {
    expect(url).not.toContain(secret.slice(8, 40));
    expect(url).not.toContain(key.slice(8, 40));
    // A style sheet names itself when it asks for its fonts; the page names itself to nobody.
    expect(referer ?? "").toMatch(/^$|\/_next\/static\/.*\.css$/);
  }
  await partner.reload();
  await expect(partner.getByRole("heading", { name: "Open the link again" })).toBeVisible();
  const kept = await keptIn(partner);
  for (const one of [secret, key]) expect(kept).not.toContain(one.slice(8, 40));
  await partner.goto(link);
  await expect(partner.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await context.close();

  await expect(row).toContainText("Revealed", { timeout: 15_000 });
  await row.getByRole("link", { name: "Open key" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.getByRole("button", { name: "Rotate key" }).click();
  const rotate = page.getByRole("dialog", { name: `Rotate “${name}”` });
  await rotate.getByRole("button", { name: "Rotate key" }).click();
  const once = page.getByRole("dialog", { name: `The new key “${name}”` });
  const next = (await once.getByText(/^gh_/).textContent())?.trim() ?? "";
  await once.getByRole("checkbox", { name: "I have stored it" }).click();
  await once.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { name: "Rotation under way" })).toBeVisible();
  expect((await answerTo(key)).status).toBe(200);
  expect((await answerTo(next)).status).toBe(200);
  await expect(
    page.getByRole("region", { name: "New key" }).getByText(/^[1-9]\d* requests in 24 h/),
  ).toBeVisible({
    timeout: 30_000,
  });

  await page.getByRole("button", { name: "Cut off now" }).click();
  const cut = page.getByRole("dialog", { name: "Cut off the old key?" });
  await cut.getByRole("button", { name: "Cut off now" }).click();
  await expect(cut).toBeHidden();
  await expect.poll(async () => answerTo(key)).toEqual({ status: 401, code: "expired_api_key" });
  expect((await answerTo(next)).status).toBe(200);
  await page.reload();
  await expect(page.getByText("Expired").first()).toBeVisible();
  const after = await keptIn(page);
  for (const one of [key, next]) expect(after).not.toContain(one.slice(8, 40));
});

test("of two who press Reveal at once one gets the key, and the other the page of every dead link", async ({
  page,
  browser,
}) => {
  await signInAs(page, "acme", "owner");
  const link = await makeLink(page, fresh("Twice"));
  const contexts = await Promise.all([1, 2].map(() => browser.newContext({ viewport: PHONE })));
  const pages = await Promise.all(contexts.map((context) => context.newPage()));
  for (const one of pages) {
    await one.goto(link);
    await expect(one.getByRole("button", { name: "Reveal key" })).toBeVisible();
  }
  await Promise.all(pages.map((one) => one.getByRole("button", { name: "Reveal key" }).click()));
  const outcomes = await Promise.all(
    pages.map(async (one) => {
      const heading = one.getByRole("heading", { level: 1, name: /^(Your key for|This link does not work)/ });
      return (await heading.textContent())?.startsWith("Your key") ?? false;
    }),
  );
  expect(outcomes.sort()).toEqual([false, true]);

  // A cancelled link, one that never was and a link with a part missing read the same.
  const name = fresh("Withdrawn");
  const withdrawn = await makeLink(page, name);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Cancel link…" }).click();
  const question = page.getByRole("dialog", { name: "Cancel this claim link?" });
  await expect(question.getByText(/no caller is affected/)).toBeVisible();
  await question.getByRole("button", { name: "Cancel link" }).click();
  await expect(page.getByRole("row").filter({ hasText: name })).toContainText("Cancelled");
  const [stranger] = pages as [Page];
  const texts = new Set<string>();
  for (const dead of [link, withdrawn, withdrawn.slice(0, -3), `${withdrawn}x`]) {
    await stranger.goto("about:blank");
    await stranger.goto(dead);
    await expect(stranger.getByRole("heading", { name: "This link does not work" })).toBeVisible();
    texts.add((await stranger.getByRole("main").textContent()) ?? "");
  }
  expect(texts.size).toBe(1);
  for (const context of contexts) await context.close();
});

test("a minted key is shown once: leaving asks, and neither the way back nor another tab brings it up", async ({
  page,
}) => {
  await signInAs(page, "acme", "owner");
  await page.goto("/t/acme/keys");
  await page.getByRole("button", { name: "Mint key" }).click();
  const mint = page.getByRole("dialog", { name: "Mint a key" });
  const name = fresh("Once");
  await mint.getByLabel("Name").fill(name);
  await page.keyboard.press("Escape");
  const discard = page.getByRole("dialog", { name: "Discard what you filled in?" });
  await discard.getByRole("button", { name: "Cancel" }).click();
  await expect(discard).toBeHidden();
  await mint.getByRole("radio", { name: /Requests by hand/ }).click();
  await mint.getByLabel("Path of row 1").fill("/nowhere/at/all");
  await expect(mint.getByText("No live route is like this.")).toBeVisible();
  await expect(mint.getByText("These rights open no live route")).toBeVisible();
  await mint.getByLabel("Path of row 1").fill("no-slash");
  await mint.getByRole("button", { name: "Mint key" }).click();
  await expect(mint.getByLabel("Path of row 1")).toHaveAttribute("aria-invalid", "true");
  await mint.getByRole("radio", { name: /Routes that I pick/ }).click();
  await mint.getByLabel("Search live routes by path or name").fill("List users");
  await mint.getByRole("checkbox", { name: "GET /v1/users List users" }).click();
  await expect(mint.getByText("Opens 1 live route")).toBeVisible();
  await mint.getByRole("button", { name: "Mint key" }).click();

  const once = page.getByRole("dialog", { name: `The key “${name}”` });
  const key = (await once.getByText(/^gh_/).textContent())?.trim() ?? "";
  await page.keyboard.press("Escape");
  await expect(once).toBeVisible();
  await expect(once.getByRole("button", { name: "Done" })).toHaveAttribute("aria-disabled", "true");
  const asked = page.waitForEvent("dialog");
  await page.evaluate(() => void setTimeout(() => location.reload()));
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  await expect(once).toBeVisible();
  await once.getByRole("checkbox", { name: "I have stored it" }).click();
  await once.getByRole("button", { name: "Done" }).click();
  await expect(once).toBeHidden();

  const body = key.slice(8, 40);
  expect(await keptIn(page)).not.toContain(body);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  expect(await keptIn(page)).not.toContain(body);
  await page.goBack();
  await expect(page.getByRole("button", { name: "Mint key" })).toBeVisible();
  expect(await keptIn(page)).not.toContain(body);
  const tab = await page.context().newPage();
  await tab.goto("/t/acme/keys");
  expect(await keptIn(tab)).not.toContain(body);
});
