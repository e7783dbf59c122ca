import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "./journey.ts";
import { resetDraft, signInAs } from "./session.ts";

test.afterAll(resetDraft);

/** A document whose paths no other journey uses. */
function documentOf(prefix: string): string {
  return `openapi: 3.0.3
info: { title: Journey pets, version: "1" }
servers: [{ url: https://pets.example/v1 }]
security: [{ key: [] }]
paths:
  /${prefix}/pets:
    get:
      operationId: listPets
      summary: List pets
      tags: [pets]
      parameters: [{ name: X-Trace, in: header, schema: { type: string } }]
      responses: { "200": { description: ok } }
    post:
      operationId: createPet
      tags: [pets]
      security: []
      responses: { "201": { description: created } }
  /${prefix}/orders/{id}.{format}:
    get: { responses: { "200": { description: ok } } }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Api-Key } }
`;
}

async function deleteRoutes(page: Page, prefix: string): Promise<void> {
  const response = await page.request.get(`/api/v1/tenants/acme/routes?limit=100&q=${prefix}`);
  const { data } = await response.json();
  for (const { id } of data) {
    await page.request.delete(`/api/v1/tenants/acme/routes/${id}`, {
      headers: { origin: new URL(page.url()).origin },
    });
  }
}

test("a developer pastes a document, leaves one operation out, imports the rest and finds it in the draft", async ({
  page,
}) => {
  const prefix = `journey-${Date.now().toString(36)}`;
  await signInAs(page, "acme", "developer");
  await page.goto("/t/acme/routes");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await page.getByLabel("OpenAPI document").fill(documentOf(prefix));
  await page.getByRole("button", { name: "Preview import" }).click();

  const operations = page.getByRole("region", { name: "Operations" });
  await expect(operations.getByText("Cannot be a route")).toBeVisible();
  await expect(operations.getByText(/inside a segment/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Import 2 routes" })).toBeVisible();
  await expect(page.getByText("1 chosen route is public")).toBeVisible();
  await page.getByRole("button", { name: `1 not understood in GET /${prefix}/pets` }).click();
  await expect(operations.getByText("Header parameter")).toBeVisible();

  await operations.getByRole("checkbox", { name: `POST /${prefix}/pets` }).click();
  await page.getByRole("button", { name: "Import 1 route" }).click();
  await expect(page.getByText("1 route added in the draft").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Review changes" })).toBeVisible();
  await page.goto(`/t/acme/routes?q=${prefix}`);
  await expect(page.getByRole("table").getByRole("link", { name: `/${prefix}/pets` })).toHaveCount(1);

  await page.goto("/t/acme/routes/import");
  await page.getByLabel("OpenAPI document").fill(documentOf(prefix));
  await page.getByRole("button", { name: "Preview import" }).click();
  await expect(page.getByRole("region", { name: "Operations" }).getByText("Same as the draft")).toBeVisible();
  await deleteRoutes(page, prefix);
});

test("a document that is refused says where, and nothing is imported", async ({ page }) => {
  await signInAs(page, "acme", "developer");
  await page.goto("/t/acme/routes/import");
  await page
    .getByLabel("OpenAPI document")
    .fill('{"openapi":"3.0.0","paths":{"/a":{"$ref":"https://elsewhere.example/a.yaml"}}}');
  await page.getByRole("button", { name: "Preview import" }).click();
  const places = page.getByRole("list", { name: "Places" });
  await expect(places.getByText("document#/paths/~1a")).toBeVisible();
  await expect(places.getByText(/another document/)).toBeVisible();
});

test("a viewer is told why they cannot import", async ({ page }) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/routes/import");
  await expect(page.getByRole("button", { name: "Preview import" })).toHaveAttribute("aria-disabled", "true");
});

test("a published revision is saved as an OpenAPI document", async ({ page }) => {
  await signInAs(page, "acme", "viewer");
  await page.goto("/t/acme/revisions/1");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "OpenAPI" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("acme-r1.openapi.yaml");
  const text = await readFile(await saved.path(), "utf8");
  expect(text).toMatch(/^openapi: "?3\.1/);
});
