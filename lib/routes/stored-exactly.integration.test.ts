import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { type RouteFields, routeFieldsSchema } from "#lib/contract/route.ts";
import { publish } from "#lib/publishing/commands.ts";
import { exportRevision, getChanges, lintOne } from "#lib/publishing/queries.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { createRoute, deleteRoute } from "./commands.ts";
import { getFacets, getRoute, listRoutes } from "./queries.ts";

const plane = await controlPlane();
after(() => plane.close());

/** Text of every kind that a document can bring: NUL, halves of surrogate pairs, names of prototypes. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ maxLength: 12 }),
  fc.constantFrom("\u0000", "\ud800", "a\udfff", "__proto__", "constructor", "\\u0000", "\u202e", "'\"`"),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, text, fc.double(), fc.boolean(), tie("object")),
  object: fc.dictionary(text, tie("value"), { maxKeys: 3, noNullPrototype: true }),
})).object;
const route = fc.record(
  {
    method: fc.constantFrom("GET", "POST", "ANY"),
    path: fc.oneof(text, fc.webPath()).map((path) => `/${path.replace(/^\//, "")}`),
    enabled: fc.boolean(),
    name: text,
    description: text,
    tags: fc.array(text, { maxLength: 3 }),
    target: fc.oneof(
      text.map((path) => ({ type: "http", url: `https://a.example/${path}` })),
      text.map((name) => ({ type: "lambda", functionName: name })),
    ),
    auth: fc.oneof(
      fc.constant({ mode: "none" }),
      fc
        .dictionary(text, fc.oneof(text, fc.double()), { maxKeys: 3 })
        .map((requiredClaims) => ({ mode: "bearer", requiredClaims })),
    ),
    validation: fc.record({ body: fc.option(json), query: fc.option(json) }),
    transform: fc.record({
      request: fc.record({
        setHeaders: fc.dictionary(text, text, { maxKeys: 2 }),
        path: fc.option(text.map((t) => `/${t}`)),
      }),
    }),
  },
  { requiredKeys: ["method", "path", "target"] },
);

test("whatever is taken for a route is stored, listed, checked, published and exported exactly", async () => {
  const { actor } = await plane.tenant("exactly");
  const taken: RouteFields[] = [];
  for (const document of fc.sample(route, { numRuns: 4_000, seed: 20_261_121 })) {
    const parsed = routeFieldsSchema.safeParse(document);
    if (parsed.success && taken.length < 60) taken.push(parsed.data);
  }
  assert.equal(taken.length, 60);
  let published = 0;
  for (const fields of taken) {
    const made = await createRoute(actor, fields);
    const { id } = made;
    const stored = await getRoute(actor, { id });
    for (const [name, value] of Object.entries(fields)) {
      assert.deepEqual(stored[name as keyof RouteFields], JSON.parse(JSON.stringify(value)), name);
    }
    const listed = await listRoutes(actor, { limit: 100, sort: "path", auth: fields.auth.mode });
    assert.equal(listed.data.length, 1);
    await getFacets(actor, undefined);
    await lintOne(actor, { id, route: fields });
    const { draftVersion, findings } = await getChanges(actor, undefined);
    if (findings.errors === 0) {
      const revision = await publish(actor, { draftVersion, note: "" });
      const { routes } = await exportRevision(actor, { number: revision.number });
      assert.deepEqual(routes, [JSON.parse(JSON.stringify({ id, ...fields }))]);
      published += 1;
    }
    await deleteRoute(actor, { id });
  }
  assert.ok(published >= 10, `${published} could be published`);
});
