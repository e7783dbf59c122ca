import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { mintKey } from "./commands.ts";
import { getKeyReach, getRightsReach } from "./queries.ts";
import { type RightsReach, triedRightsSchema } from "./schema.ts";

let plane: ControlPlane;
let actor: TenantActor;
before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("acme"));
});
after(() => plane.close());

const tried = (fields: object) => getRightsReach(actor, triedRightsSchema.parse(fields));
const pathsOf = ({ routes }: RightsReach) => routes.map(({ path }) => path);

test("rights are tried on what is live, and open the same once a key has them", async () => {
  assert.deepEqual(await tried({}), { liveRevision: null, opened: 0, matching: 0, routes: [], idle: [] });
  const target = { type: "function", function: "hello" };
  const add = (fields: object) =>
    createRoute(actor, routeFieldsSchema.parse({ method: "GET", target, ...fields }));
  await add({ path: "/orders/:id", name: "One order" });
  await add({ path: "/users", name: "Everybody" });
  await add({ path: "/named", auth: { mode: "api-key", allowedApiKeyIds: [] } });
  await add({ path: "/public", auth: { mode: "none" } });
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
  await add({ path: "/users/draft" });

  const all = await tried({});
  assert.deepEqual([all.liveRevision, all.opened, pathsOf(all)], [1, 2, ["/orders/:id", "/users"]]);
  const searched = await tried({ q: "EVERY" });
  assert.deepEqual([searched.opened, searched.matching, pathsOf(searched)], [2, 1, ["/users"]]);

  const authorizedRequests = [
    { method: "GET" as const, path: "/orders/7", queryParameters: {} },
    { method: "ANY" as const, path: "/users/draft", queryParameters: {} },
    { method: "ANY" as const, path: "/public", queryParameters: {} },
  ];
  const some = await tried({ authorizedRequests });
  assert.deepEqual(
    some.routes.map(({ path, partly }) => [path, partly]),
    [["/orders/:id", true]],
  );
  assert.deepEqual(some.idle, [
    { row: 1, why: "no_route" },
    { row: 2, why: "no_key_asked" },
  ]);
  const key = await mintKey(actor, { name: "k", description: "", authorizedRequests, expiresAt: null });
  const reach = await getKeyReach(actor, { id: key.id });
  assert.deepEqual(
    reach.routes.map(({ path, partly }) => [path, partly]),
    some.routes.map(({ path, partly }) => [path, partly]),
  );
});
