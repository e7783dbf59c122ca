import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import fc from "fast-check";
import type { TenantActor } from "#lib/access/actor.ts";
import { METHODS } from "#lib/contract/methods.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { seedManyRoutes } from "#tests/harness/many-routes.ts";
import { createRoute, saveRoute } from "./commands.ts";
import { countRoutes, getFacets, listRoutes } from "./queries.ts";
import { AUTH_MODES } from "./rules.ts";
import type { ListedRoute, RouteFilters } from "./schema.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const seed = (actor: TenantActor, routes: readonly RouteFieldsInput[]) =>
  withClient(plane.database.superuserUrl, (client) =>
    seedManyRoutes(client, actor.tenant.id, routes.length, (index) => routes[index] as RouteFieldsInput),
  );

type Listing = RouteFilters & { sort?: "path" | "updated" };
async function all(actor: TenantActor, input: Listing, limit = 100, between?: () => Promise<unknown>) {
  const found: ListedRoute[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRoutes(actor, { ...input, limit, cursor });
    assert.ok(page.data.length <= limit);
    found.push(...page.data);
    cursor = page.next_cursor ?? undefined;
    if (cursor) await between?.();
  } while (cursor);
  return found;
}

const word = fc.constantFrom("users", "Users", "a", "a-b", "50%", "under_score", "Ünïcode", "\\", "orders");
const arbitraryRoute: fc.Arbitrary<RouteFieldsInput> = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc
    .array(fc.constantFrom("users", "a", "a-b", "orders", "%25", "ünï", ":id"), {
      minLength: 0,
      maxLength: 3,
    })
    .map((parts) => `/${parts.map((part, at) => (part === ":id" ? `:p${at}` : part)).join("/")}`),
  name: fc.array(word, { maxLength: 2 }).map((words) => words.join(" ")),
  enabled: fc.boolean(),
  tags: fc.array(word, { maxLength: 3 }),
  auth: fc.constantFrom(...AUTH_MODES).map((mode) => ({ mode })),
  target: fc.oneof(
    fc.record({ type: fc.constant("function" as const), function: fc.constantFrom("users", "hello") }),
    fc.record({ type: fc.constant("http" as const), url: fc.constant("https://Orders.example.com/50%25") }),
    fc.record({
      type: fc.constant("pipeline" as const),
      functions: fc.array(fc.constantFrom("users", "hello"), { minLength: 1, maxLength: 2 }),
    }),
    fc.constant({ type: "job-status" as const }),
  ),
});

/** The filters as the API promises them, without a database. */
function matches(route: ListedRoute, filters: RouteFilters): boolean {
  const target: Record<string, unknown> = route.target;
  const targets = [
    target.function,
    target.url,
    target.functionName,
    ...((target.functions as string[]) ?? []),
  ];
  const text = [
    `${route.method} ${route.path}`,
    route.name,
    route.id,
    ...targets.filter(Boolean),
    ...route.tags,
  ]
    .join("\n")
    .toLowerCase();
  return (
    (filters.q ?? "").split(/\s+/).every((part) => text.includes(part.toLowerCase())) &&
    (filters.method === undefined || route.method === filters.method) &&
    (filters.auth === undefined || route.auth.mode === filters.auth) &&
    (filters.enabled === undefined || route.enabled === filters.enabled) &&
    (filters.target === undefined || route.target.type === filters.target) &&
    (filters.tag === undefined || route.tags.includes(filters.tag)) &&
    (filters.prefix === undefined || `/${route.path.split("/")[1]}` === filters.prefix)
  );
}

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const arbitraryFilters: fc.Arbitrary<RouteFilters> = fc.record({
  q: sometimes(
    fc.array(fc.oneof(word, fc.constantFrom("GET", "/a")), { maxLength: 2 }).map((w) => w.join(" ")),
  ),
  method: sometimes(fc.constantFrom(...METHODS)),
  auth: sometimes(fc.constantFrom(...AUTH_MODES)),
  enabled: sometimes(fc.boolean()),
  tag: sometimes(word),
  target: sometimes(fc.constantFrom("function", "http", "pipeline", "job-status", "lambda")),
  prefix: sometimes(fc.constantFrom("/", "/a", "/a-b", "/users", "/ünï", "/%25")),
});

test("every combination of filters finds exactly the routes that it describes, in one order, and counts them", async () => {
  const { actor } = await plane.tenant("filters");
  await seed(actor, fc.sample(arbitraryRoute, { numRuns: 250, seed: 7 }));
  const everything = await all(actor, {});
  assert.equal(everything.length, 250);
  await fc.assert(
    fc.asyncProperty(arbitraryFilters, async (filters) => {
      const wanted = everything.filter((route) => matches(route, filters)).map(({ id }) => id);
      assert.deepEqual(
        (await all(actor, filters)).map(({ id }) => id),
        wanted,
      );
      assert.deepEqual(await countRoutes(actor, filters), { count: wanted.length, capped: false });
    }),
    { numRuns: 60 },
  );
});

test("routes of one first segment stand together, and every route is listed exactly once while others are added", async () => {
  const { actor } = await plane.tenant("pages");
  const route = (path: string): RouteFieldsInput => ({ method: "GET", path, target: { type: "job-status" } });
  const long = (at: number) => `/${"ü".repeat(900)}/${at}`;
  const paths = [
    "/",
    ...[1, 2, 3].flatMap((at) => ["/a", "/a-b", "/a.c", "/ab"].map((start) => `${start}/${at}`)),
  ];
  await seed(actor, [...paths, "/a", long(1), long(2), long(3)].map(route));
  const ids = (await all(actor, {})).map(({ id }) => id);
  assert.equal(ids.length, 17);

  for (const sort of ["path", "updated"] as const) {
    let added = 0;
    const seen = await all(actor, { sort }, 2, async () => {
      const place = ["/0", "/a/2", "/zz"][added % 3];
      added += 1;
      await createRoute(actor, routeFieldsSchema.parse(route(`${place}/${sort}-${added}`)));
    });
    const seenIds = seen.map(({ id }) => id);
    assert.equal(new Set(seenIds).size, seenIds.length, "listed twice");
    for (const id of ids) assert.ok(seenIds.includes(id), "left out");
  }
  const segments = (await all(actor, {})).map(({ path }) => path.split("/")[1]);
  const starts = segments.filter((segment, at) => segment !== segments[at - 1]);
  assert.equal(new Set(starts).size, starts.length, "a group comes twice");
});

test("a route says whether it is live as it stands, changed since, or new, whichever way its members are ordered", async () => {
  const { actor } = await plane.tenant("marks");
  const fields = (path: string) =>
    routeFieldsSchema.parse({
      method: "GET",
      path,
      target: { type: "function", function: "hello" },
      tags: ["x"],
    });
  const [kept, edited] = [
    await createRoute(actor, fields("/kept")),
    await createRoute(actor, fields("/edited")),
  ];
  const marks = async () =>
    Object.fromEntries((await all(actor, {})).map((one) => [one.path, one.published]));
  assert.deepEqual(await marks(), { "/kept": "new", "/edited": "new" });
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
  await saveRoute(actor, { id: edited.id, version: 1, fields: { ...fields("/edited"), name: "Other" } });
  await createRoute(actor, fields("/added"));
  // As if written before there were names, and with its members in another order.
  await withClient(plane.database.superuserUrl, (client) =>
    client.query(
      `UPDATE draft_routes SET document =
        '{"path":"/kept","method":"GET","tags":["x"],"target":{"function":"hello","type":"function"}}' WHERE id = $1`,
      [kept.id],
    ),
  );
  assert.deepEqual(await marks(), { "/kept": "same", "/edited": "changed", "/added": "new" });
});

test("facets name the first segments and tags with their counts, of this tenant alone", async () => {
  const { actor } = await plane.tenant("facets");
  const { actor: other } = await plane.tenant("facets-other");
  const target = { type: "job-status" } as const;
  await seed(actor, [
    { method: "GET", path: "/b/1", target, tags: ["two words", "b"] },
    { method: "GET", path: "/a", target, tags: ["b"] },
    { method: "GET", path: "/b", target },
  ]);
  await seed(other, [{ method: "GET", path: "/secret", target, tags: ["secret"] }]);
  assert.deepEqual(await getFacets(actor, undefined), {
    prefixes: [
      { value: "/a", count: 1 },
      { value: "/b", count: 2 },
    ],
    tags: [
      { value: "b", count: 2 },
      { value: "two words", count: 1 },
    ],
  });
});

test("a cursor of another order is refused and not followed", async () => {
  const { actor } = await plane.tenant("cursors");
  const target = { type: "job-status" } as const;
  await seed(
    actor,
    [1, 2].map((at) => ({ method: "GET", path: `/${at}`, target })),
  );
  const { next_cursor } = await listRoutes(actor, { limit: 1 });
  assert.ok(next_cursor);
  await assert.rejects(listRoutes(actor, { limit: 1, sort: "updated", cursor: next_cursor }), {
    code: "invalid_input",
  });
});
