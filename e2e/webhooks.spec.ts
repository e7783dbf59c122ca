import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "./journey.ts";
import { enqueueFailingJob, signInAs } from "./session.ts";

type Received = { headers: Record<string, string | string[] | undefined>; body: string };

let server: Server;
let received: Received[] = [];
/** Whether the receiver answers 500 to the first attempt of each event, and 204 to every other. */
let stumbles = false;
let address = "";

test.beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const first = !received.some((one) => one.headers["webhook-id"] === request.headers["webhook-id"]);
      received.push({ headers: request.headers, body });
      if (stumbles && first) response.writeHead(500).end("out of order");
      else response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});
test.beforeEach(() => {
  received = [];
  stumbles = false;
});

/** As the specification of Standard Webhooks says it. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const wanted = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(wanted);
}

/** Adds a webhook through the console; gives its name and its secret as it is shown once. */
async function addWebhook(page: Page): Promise<{ name: string; secret: string }> {
  const name = `Journey ${randomBytes(3).toString("hex")}`;
  await page.goto("/t/acme/settings");
  await page.getByRole("link", { name: "Manage webhooks" }).click();
  await page.getByRole("button", { name: "Add webhook" }).click();
  const panel = page.getByRole("dialog", { name: "Add webhook" });
  await panel.getByLabel("Address").fill("https://user:password@hooks.example/");
  await panel.getByLabel("Description").fill(name);
  await panel.getByRole("button", { name: "Add webhook" }).click();
  await expect(panel.getByText("Must be an https:// URL without credentials")).toBeVisible();
  await panel.getByLabel("Address").fill(address);
  await panel.getByRole("button", { name: "Add webhook" }).click();
  const dialog = page.getByRole("dialog", { name: "The webhook's signing secret" });
  const secret = (await dialog.locator("[data-secret]").textContent()) ?? "";
  expect(secret).toMatch(/^whsec_/);
  await dialog.getByRole("checkbox", { name: "I have stored it" }).check();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("link", { name })).toBeVisible();
  return { name, secret };
}

async function deleteWebhook(page: Page, name: string): Promise<void> {
  await page.goto("/t/acme/settings/webhooks");
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete webhook" }).click();
  const question = page.getByRole("dialog", { name: `Delete ${name}?` });
  await question.getByRole("button", { name: "Delete webhook" }).click();
  await expect(page.getByRole("link", { name })).toBeHidden();
}

test("a webhook is added, tested and told of a dead job, signed; what failed is sent again from the job", async ({
  page,
}) => {
  test.setTimeout(90_000);
  await signInAs(page, "acme", "owner");
  const { name, secret } = await addWebhook(page);
  expect(await page.content()).not.toContain(secret);

  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Send test" }).click();
  const details = page.getByRole("dialog", { name: "Test" });
  await expect(details.getByText("Delivered: the answer was 204.")).toBeVisible();
  await details.getByRole("button", { name: "Close", exact: true }).last().click();
  expect(received.map(({ body }) => JSON.parse(body).type)).toContain("webhook.test");

  stumbles = true;
  const id = await enqueueFailingJob(page);
  await page.goto(`/t/acme/jobs/${id}`);
  await expect(page.getByText(/The answer was (500|204)\./)).toBeVisible({ timeout: 30_000 });
  const told = received.find(({ body }) => JSON.parse(body).data.jobId === id) as Received;
  expect(isSigned(told, secret)).toBe(true);
  expect(isSigned({ ...told, body: `${told.body} ` }, secret)).toBe(false);
  expect(JSON.parse(told.body)).toMatchObject({ type: "job.dead", data: { status: "dead", attempts: 2 } });

  await page.getByRole("button", { name: `See details: A job died to ${address}` }).click();
  const delivery = page.getByRole("dialog", { name: "A job died" });
  await expect(delivery.getByText("out of order")).toBeVisible();
  await expect(delivery.getByText("Delivered: the answer was 204.")).toBeVisible({ timeout: 20_000 });
  await delivery.getByRole("button", { name: "Send again" }).click();
  await expect
    .poll(() => received.filter(({ headers }) => headers["webhook-id"] === told.headers["webhook-id"]).length)
    .toBeGreaterThanOrEqual(3);
  await delivery.getByRole("button", { name: "Close", exact: true }).last().click();
  await deleteWebhook(page, name);
});

test("after a rotation both secrets sign, and a viewer is told why nothing can be changed", async ({
  page,
  browser,
}) => {
  await signInAs(page, "acme", "owner");
  const { name, secret } = await addWebhook(page);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Rotate secret" }).click();
  await page
    .getByRole("dialog", { name: "Rotate the secret?" })
    .getByRole("button", { name: "Rotate secret" })
    .click();
  const shown = page.getByRole("dialog", { name: "The webhook's signing secret" });
  const next = (await shown.locator("[data-secret]").textContent()) ?? "";
  expect(next).not.toBe(secret);
  await shown.getByRole("checkbox", { name: "I have stored it" }).check();
  await shown.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Send test" }).click();
  await expect(
    page.getByRole("dialog", { name: "Test" }).getByText("Delivered: the answer was 204."),
  ).toBeVisible();
  const tests = received.filter(({ body }) => JSON.parse(body).type === "webhook.test");
  expect(tests.some((one) => isSigned(one, secret) && isSigned(one, next))).toBe(true);
  await page
    .getByRole("dialog", { name: "Test" })
    .getByRole("button", { name: "Close", exact: true })
    .last()
    .click();
  await deleteWebhook(page, name);

  const viewer = await browser.newPage();
  await signInAs(viewer, "acme", "viewer");
  await viewer.goto("/t/acme/settings/webhooks");
  await expect(viewer.getByRole("button", { name: "Add webhook" })).toHaveAccessibleDescription(
    /Only owners and admins/,
  );
  await viewer.close();
});

test("an alert rule finds a dead letter, the console says so until somebody acknowledges it", async ({
  page,
}) => {
  test.setTimeout(150_000);
  await signInAs(page, "acme", "owner");
  const name = `Journey ${randomBytes(3).toString("hex")}`;
  await page.goto("/t/acme/settings/alerts");
  await page.getByRole("button", { name: "Add alert rule" }).click();
  const panel = page.getByRole("dialog", { name: "Add alert rule" });
  await panel.getByLabel("Name").fill(name);
  await panel.getByLabel("More than").fill("many");
  await panel.getByRole("button", { name: "Add rule" }).click();
  await expect(panel.getByText("Must be a whole number within the limits.")).toBeVisible();
  await panel.getByLabel("More than").fill("0");
  await panel.getByRole("button", { name: "Add rule" }).click();
  await expect(page.getByRole("table", { name: "Alert rules" }).getByText(name)).toBeVisible();
  const id = await enqueueFailingJob(page);
  await page.goto(`/t/acme/jobs/${id}`);
  await expect(page.getByText("It failed all 2 attempts and waits for somebody")).toBeVisible({
    timeout: 30_000,
  });

  await page.goto("/t/acme");
  const alerts = page.getByRole("region", { name: "Alerts" });
  await expect(alerts.getByText(name)).toBeVisible({ timeout: 60_000 });
  await alerts.getByRole("button", { name: "Acknowledge" }).first().press("Enter");
  await expect(alerts.getByText(/Acknowledged by owner/)).toBeVisible();
  await expect(page.locator(":focus")).toContainText("Acknowledged by owner");

  await page.goto("/t/acme/settings/alerts");
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete rule" }).click();
  await page
    .getByRole("dialog", { name: `Delete ${name}?` })
    .getByRole("button", { name: "Delete rule" })
    .click();
  await expect(page.getByRole("button", { name: `Actions for ${name}` })).toBeHidden();
});
