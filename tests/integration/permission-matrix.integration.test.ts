import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { z } from "zod";
import { type Permission, ROLES, roleCan, SERVICE_ROLE, SUPPORT_ROLES } from "#lib/access/permissions.ts";
import type { Endpoint } from "#lib/api/endpoint.ts";
import { endpoints } from "#lib/api/endpoints/index.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { seedObjects, type TenantObjects } from "#tests/harness/tenant-objects.ts";
import { allCallers, type Caller, type Callers } from "./permission-matrix-callers.ts";
import {
  changes,
  closedEndpoints,
  forEachOf,
  operatorEndpoints,
  PUBLIC,
  pathOf,
  personEndpoints,
  publicEndpoints,
  send,
  tenantEndpoints,
  title,
  validBody,
} from "./permission-matrix-requests.ts";

let plane: ControlPlane;
let own: TenantObjects;
let other: TenantObjects;
let callers: Callers;

before(async () => {
  plane = await controlPlane();
  own = await seedObjects(plane, "own");
  other = await seedObjects(plane, "other");
  callers = await allCallers(plane, own, other);
  await withClient(plane.database.superuserUrl, (client) =>
    client.query(
      `INSERT INTO dead_letter_groups
         (tenant_id, fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen)
       VALUES ($1, 'f', 'Error', 'no', 1, 1, now(), now()) ON CONFLICT DO NOTHING`,
      [own.actor.tenant.id],
    ),
  );
});
after(() => plane.close());

// A hostile body stops an allowed change before it changes what the other cases need.
const HOSTILE = { unknownField: 1 };
const mine = (endpoint: Endpoint) => pathOf(endpoint, "own", own);

type Answered = Awaited<ReturnType<typeof send>>;

/**
 * Let in: what came of it is another test's matter. A deletion has no body that could stop it: what one caller deleted
 * is not there for the next, and whose it is may be asked beside the permission.
 */
function assertLetIn(endpoint: Endpoint, { status, json }: Answered, who: string): void {
  const message = json?.error?.message ?? "";
  if (endpoint.method !== "DELETE")
    assert.ok(![401, 403, 404].includes(status), `${who}: ${status} ${message}`);
  else assert.ok(status !== 401 && !/of this tenant can do this|lacks the permission/.test(message), message);
}

/** Refused a token because somebody has to be there in person, whatever the token holds. */
const inPersonOnly = (json: { error?: { message?: string } } | null) =>
  /in person/.test(json?.error?.message ?? "");

test("every endpoint without credentials is on the list of those, with its reason, and no other is", () => {
  assert.deepEqual(publicEndpoints.map(title).sort(), Object.keys(PUBLIC).sort());
  assert.equal(
    endpoints.length,
    publicEndpoints.length + personEndpoints.length + operatorEndpoints.length + tenantEndpoints.length,
    "a kind of endpoint that the matrix does not know",
  );
  assert.ok(endpoints.length > 150);
});

for (const endpoint of closedEndpoints) {
  test(`${title(endpoint)} is 401 for whoever is nobody`, async () => {
    await forEachOf(Object.entries(callers.nobodies), async ([who, as]) => {
      const { status, headers } = await send(endpoint, mine(endpoint), { as });
      assert.equal(status, 401, who);
      assert.match(headers.get("www-authenticate") ?? "", /^Bearer /);
    });
  });
}

/** What another site's page, or a page in a sandbox, makes a browser send. */
const FOREIGN: Record<string, string>[] = [
  { origin: "https://evil.example" },
  { origin: "null" },
  { origin: "" },
  { origin: "http://127.0.0.1:3000.evil.example" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
];

for (const endpoint of closedEndpoints.filter(changes)) {
  test(`${title(endpoint)} with a cookie is 403 from anywhere but the console's own pages`, async () => {
    const { operators, members } = callers;
    const as = endpoint.access.kind === "operator" ? operators.outsideInBrowser : members.owner.browser;
    await forEachOf(FOREIGN, async (headers) => {
      const { status } = await send(endpoint, mine(endpoint), { as, body: validBody(endpoint), headers });
      assert.equal(status, 403, JSON.stringify(headers));
    });
  });
}

for (const endpoint of personEndpoints) {
  test(`${title(endpoint)} is a person's: no service token's, and no change by a token for less than all`, async () => {
    const path = mine(endpoint);
    const { status } = await send(endpoint, path, { as: callers.members.viewer.browser, body: HOSTILE });
    assert.ok(![401, 403].includes(status), String(status));
    const service = await callers.service("tenant.read");
    assert.equal((await send(endpoint, path, { as: service, body: HOSTILE })).status, 403);
    if (!changes(endpoint)) return;
    for (const as of [callers.bound, await callers.lacking("tenant.manage")]) {
      assert.equal((await send(endpoint, path, { as, body: HOSTILE })).status, 403);
    }
  });
}

for (const endpoint of operatorEndpoints) {
  test(`${title(endpoint)} is let in for an operator, and 404 for members, service, bound and limited tokens`, async () => {
    const path = mine(endpoint);
    const { members, strangers, operators } = callers;
    const outsiders: [string, Caller][] = [
      ...ROLES.flatMap((role): [string, Caller][] => [
        [role, members[role].browser],
        [`${role}'s token`, members[role].token],
      ]),
      ...Object.entries(strangers),
      ["an operator's bound token", operators.bound],
      ["an operator's limited token", operators.limited],
      ["a service token", await callers.service("tenant.manage")],
    ];
    await forEachOf(outsiders, async ([who, as]) => {
      const { status, json } = await send(endpoint, path, { as, body: HOSTILE });
      assert.equal(status, 404, who);
      assert.equal(
        json.error.message,
        "There is no such endpoint or object.",
        "as for an address that is none",
      );
    });
    const asked = endpoint.query && "q" in (endpoint.query as z.ZodObject).shape ? `${path}?q=own` : path;
    const insiders = [operators.outside, operators.outsideInBrowser, ...Object.values(operators.inside)];
    for (const as of insiders) {
      const { status } = await send(endpoint, asked, { as, body: HOSTILE });
      assert.equal(status, endpoint.body || changes(endpoint) ? 422 : 200);
    }
  });
}

for (const endpoint of tenantEndpoints) {
  const permission = (endpoint.access as { permission: Permission }).permission;

  test(`${title(endpoint)} is 404 for whoever is not in the tenant`, async () => {
    const body = validBody(endpoint);
    const { outside, outsideInBrowser, bound, onceInside, inside } = callers.operators;
    const outsiders: [string, Caller, string?][] = [
      ...Object.entries(callers.strangers),
      ...Object.entries({ outside, outsideInBrowser, bound, onceInside }),
      ["a token bound to another tenant", callers.bound, pathOf(endpoint, "other", other)],
      ["a service token elsewhere", await callers.service(permission), pathOf(endpoint, "other", other)],
      ["the owner elsewhere", callers.members.owner.browser, pathOf(endpoint, "other", other)],
      ["the owner nowhere", callers.members.owner.browser, pathOf(endpoint, "no-such", own)],
      ...Object.entries(inside).map(([role, as]): [string, Caller, string] => [
        role,
        as,
        pathOf(endpoint, "other", other),
      ]),
    ].filter(([who]) => who !== "a service token elsewhere" || roleCan(SERVICE_ROLE, permission)) as [
      string,
      Caller,
      string?,
    ][];
    await forEachOf(outsiders, async ([who, as, path = mine(endpoint)]) => {
      assert.equal((await send(endpoint, path, { as, body })).status, 404, who);
    });
  });

  const allowed = ROLES.filter((role) => roleCan(role, permission));
  test(`${title(endpoint)} lets in ${allowed.join(", ")} and is 403 for every other role`, async () => {
    const path = mine(endpoint);
    await forEachOf(ROLES, async (role) => {
      const { browser, token } = callers.members[role];
      const inBrowser = await send(endpoint, path, { as: browser, body: HOSTILE });
      const withToken = await send(endpoint, path, { as: token, body: HOSTILE });
      if (!allowed.includes(role)) assert.deepEqual([inBrowser.status, withToken.status], [403, 403], role);
      else {
        assertLetIn(endpoint, inBrowser, role);
        if (!inPersonOnly(withToken.json)) assertLetIn(endpoint, withToken, `${role}'s token`);
      }
    });
  });

  test(`${title(endpoint)} asks a token for ${permission} by itself`, async () => {
    const path = mine(endpoint);
    const lacking = await send(endpoint, path, { as: await callers.lacking(permission), body: HOSTILE });
    assert.equal(lacking.status, 403, "the owner's token without it");
    assert.match(
      lacking.json.error.message,
      new RegExp(`lacks the permission ${permission.replace(".", "\\.")}`),
    );
    const without = await send(endpoint, path, {
      as: await callers.serviceLacking(permission),
      body: HOSTILE,
    });
    assert.equal(without.status, 403, "a service token without it");
    if (!roleCan(SERVICE_ROLE, permission)) return;
    const exactly = await send(endpoint, path, { as: await callers.service(permission), body: HOSTILE });
    if (!inPersonOnly(exactly.json)) assertLetIn(endpoint, exactly, "a service token with exactly it");
  });

  test(`${title(endpoint)} on a support session`, async () => {
    const path = mine(endpoint);
    for (const role of SUPPORT_ROLES) {
      const as = callers.operators.inside[role];
      const answered = await send(endpoint, path, { as, body: HOSTILE });
      if (roleCan(role, permission)) assertLetIn(endpoint, answered, role);
      else {
        assert.equal(answered.status, 403, role);
        // Not only because the body was wrong: nobody gets further with a good one.
        assert.equal((await send(endpoint, path, { as, body: validBody(endpoint) })).status, 403, role);
      }
    }
  });

  if (endpoint.path.includes("id}")) {
    test(`${title(endpoint)} does not find another tenant's object under one's own tenant`, async () => {
      const as = callers.members.owner.browser;
      const path = pathOf(endpoint, "own", other);
      const body = validBody(endpoint);
      assert.equal((await send(endpoint, path, { as, body })).status, 404);
      const missing = path.replace(other.ids[path.split("/")[3] as string] as string, uuidv7());
      assert.equal((await send(endpoint, missing, { as, body })).status, 404);
    });
  }
}

/** Every table's content but the times at which tokens and sessions were last used. */
async function everything(): Promise<Record<string, string | null>> {
  return withClient(plane.database.superuserUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND relname NOT IN ('access_tokens', 'sessions')`,
    );
    const content: Record<string, string | null> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ all: string | null }>(
        `SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) AS all FROM "${name}" t`,
      );
      content[name] = rows[0]?.all ?? null;
    }
    return content;
  });
}

test("who only looks changes nothing, whatever is asked with bodies that are right", async () => {
  const looking = [callers.operators.inside["operator-read"], await callers.service("tenant.read")];
  const before = await everything();
  for (const as of looking) {
    await forEachOf(tenantEndpoints, async (endpoint) => {
      await send(endpoint, mine(endpoint), { as, body: validBody(endpoint) });
    });
  }
  assert.deepEqual(await everything(), before);
});

test("an address that is no endpoint is 404, a method that it does not take is 405 with Allow", async () => {
  const get = endpoints[0] as Endpoint;
  const as = callers.members.owner.token;
  assert.equal((await send(get, "/nothing", { as })).status, 404);
  assert.equal((await send(get, "/tenants/own/routes/not-a-uuid", { as })).status, 404);
  assert.equal((await send(get, "/tenants/%FF", { as })).status, 400);
  const wrong = await send({ ...get, method: "DELETE" }, "/tenants/own/routes", { as });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get("allow"), "GET, POST");
});

test("every endpoint is in the OpenAPI document", async () => {
  const { json } = await send(endpoints[0] as Endpoint, "/openapi.json");
  for (const endpoint of endpoints)
    assert.ok(json.paths[endpoint.path][endpoint.method.toLowerCase()], title(endpoint));
});
