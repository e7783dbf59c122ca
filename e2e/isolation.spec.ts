import { expect, test } from "./journey.ts";
import { GATEWAY_URL, partnerKey, signInAs } from "./session.ts";

const ACME_PAGES = [
  "/t/acme",
  "/t/acme/routes",
  "/t/acme/changes",
  "/t/acme/revisions",
  "/t/acme/revisions/1",
  "/t/acme/keys",
  "/t/acme/jobs",
  "/t/acme/jobs?state=dead",
  "/t/acme/gateways",
  "/t/acme/members",
  "/t/acme/tokens",
  "/t/acme/settings",
];

const ACME_LISTS = [
  "routes",
  "changes",
  "changes/routes",
  "revisions",
  "keys",
  "jobs",
  "jobs/count",
  "gateways",
  "functions",
];
const MORE_OF_ACME = ["", "/overview", "/members", "/tokens", ...ACME_LISTS.map((list) => `/${list}`)];

test("somebody from another tenant finds no page of this one", async ({ page }) => {
  await signInAs(page, "globex", "owner");
  for (const path of ACME_PAGES) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.locator("body")).not.toContainText("Acme Corporation");
  }
});

test("somebody from another tenant gets 404 for everything of this one over the API", async ({ page }) => {
  await signInAs(page, "globex", "owner");
  for (const path of MORE_OF_ACME) {
    const response = await page.request.get(`/api/v1/tenants/acme${path}`);
    expect(response.status(), path).toBe(404);
  }
  const { data: tenants } = await (await page.request.get("/api/v1/tenants")).json();
  expect(tenants.map(({ slug }: { slug: string }) => slug)).not.toContain("acme");
});

test("objects of one tenant are not found through another, neither as a page nor over the API", async ({
  browser,
  baseURL,
}) => {
  const acme = await browser.newPage();
  await signInAs(acme, "acme", "owner");
  const firstId = async (list: string): Promise<string> => {
    const { data } = await (await acme.request.get(`/api/v1/tenants/acme/${list}?limit=1`)).json();
    return data[0].id;
  };
  const ids = { jobs: await firstId("jobs"), keys: await firstId("keys"), routes: await firstId("routes") };
  await acme.close();

  const globex = await browser.newPage();
  await signInAs(globex, "globex", "owner");
  for (const [list, id] of Object.entries(ids)) {
    const response = await globex.request.get(`/api/v1/tenants/globex/${list}/${id}`);
    expect(response.status(), list).toBe(404);
  }
  const action = await globex.request.post(`/api/v1/tenants/globex/jobs/${ids.jobs}/discard`, {
    data: { reason: "not mine" },
    headers: { origin: baseURL ?? "" },
  });
  expect(action.status()).toBe(404);
  await globex.goto(`/t/globex/jobs/${ids.jobs}`);
  await expect(globex.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await globex.close();
});

test("a key of one tenant opens nothing of another", async ({ page }) => {
  const response = await page.request.get(`${GATEWAY_URL}/gw/globex/v2/users/1`, {
    headers: { "x-api-key": partnerKey() },
  });
  expect(response.status()).toBe(401);
});
