import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type pg from "pg";
import type { PersonActor } from "#lib/access/actor.ts";
import type { Endpoint } from "#lib/api/endpoint.ts";
import { endpoints } from "#lib/api/endpoints/index.ts";
import { withTenant } from "#lib/db/scope.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { type ControlPlane, controlPlane } from "../harness/control-plane.ts";
import { withClient } from "../harness/database.ts";
import { sessionProof } from "../harness/session-proof.ts";
import { seedObjects } from "../harness/tenant-objects.ts";
import { CHANGES, type ChangeCase, type World } from "./change-cases.ts";

const title = ({ method, path }: Pick<Endpoint, "method" | "path">) => `${method} ${path}`;
const changing = endpoints.filter(({ method }) => method !== "GET");

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane?.close());

const superuser = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withClient(plane.database.superuserUrl, work);

test("every endpoint that changes something is known here, with a way to use it or why it writes no entry", () => {
  assert.deepEqual(
    changing.map(title).filter((one) => !(one in CHANGES)),
    [],
    "add them to change-cases.ts",
  );
  const known = new Set(changing.map(title));
  assert.deepEqual(
    Object.keys(CHANGES).filter((one) => !known.has(one)),
    [],
  );
});

/** Every entry there is, tenants' and persons', as texts. */
async function entries(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ id: string; text: string }>(
    `SELECT id, to_jsonb(e)::text AS text FROM audit_entries e
     UNION ALL SELECT id, to_jsonb(p)::text FROM personal_audit_entries p`,
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What could be a secret in an answer or a body: long runs that are neither ids nor hashes. */
function secretsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return (value.match(/[A-Za-z0-9_+/-]{24,}={0,2}/g) ?? []).filter(
      (run) => !UUID.test(run) && !/^[0-9a-f]{64}$/.test(run) && /[A-Z]/.test(run) && /\d/.test(run),
    );
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}

async function worldOf(name: string): Promise<World & { operator: PersonActor; colleague: PersonActor }> {
  const objects = await seedObjects(plane, name);
  const { actor, ids } = objects;
  const { rows } = await superuser((client) =>
    client.query("SELECT id, email, name FROM users WHERE id = $1", [ids.members]),
  );
  const { id: userId, ...who } = rows[0];
  return {
    ...objects,
    slug: name,
    earlier: null,
    draftVersion: async () => {
      const draft = await withTenant(actor, (tx) =>
        tx.draft.findFirst({ where: { tenantId: actor.tenant.id } }),
      );
      return Number(draft?.version);
    },
    operator: await plane.operator(),
    colleague: { ...actor, ...who, userId, proof: sessionProof({ secondFactor: "totp" }) } as PersonActor,
  };
}

/** What is about the tenant as a whole, or takes somebody out of it, has a tenant to itself. */
const alone = (path: string) =>
  !/^\/tenants\/\{tenant\}\/[a-z-]+/.test(path) || /members|security|draft|publish|revisions/.test(path);
const shared = new Map<number, ReturnType<typeof worldOf>>();
const uses = new Map<string, number>();
let alones = 0;

/** A tenant in which nobody has touched this noun's object yet: making one for every case would take minutes. */
function freshWorld({ path }: Endpoint) {
  if (alone(path)) return worldOf(`alone-${alones++}`);
  const noun = path.split("/")[3] as string;
  const turn = uses.get(noun) ?? 0;
  uses.set(noun, turn + 1);
  const world = shared.get(turn) ?? worldOf(`shared-${turn}`);
  shared.set(turn, world);
  return world.then((one) => ({ ...one, earlier: null }));
}

type Used = { answer: unknown; body: unknown };

async function use(name: string, world: Awaited<ReturnType<typeof worldOf>>): Promise<Used> {
  const endpoint = changing.find((each) => title(each) === name) as Endpoint;
  const how = CHANGES[name] as ChangeCase;
  const noun = endpoint.path.split("/").at(/^\/(me|support)\//.test(endpoint.path) ? 2 : 3) as string;
  const made = world.earlier?.data?.id;
  const own = endpoint.path.startsWith("/me/") && typeof made === "string" ? made : undefined;
  const id = own ?? world.ids[noun] ?? "";
  if (how.before) {
    const sql = how.before;
    await superuser((client) => client.query(sql, [world.actor.tenant.id, id]));
  }
  const body = endpoint.body?.parse(await how.body?.(world));
  const query = endpoint.query?.parse(how.query?.(world) ?? {});
  const person = how.as ? world[how.as] : { ...world.actor, proof: sessionProof({ secondFactor: "totp" }) };
  const actor = endpoint.access.kind === "tenant" ? await enterTenant(person, world.slug) : person;
  const params = { tenant: world.slug, id, ...(await how.params?.(world)) };
  const input = { actor, params, query, body, ifMatch: null } as never;
  return { answer: await endpoint.handle(input), body };
}

for (const endpoint of changing) {
  const name = title(endpoint);
  const how = CHANGES[name];
  if (!how || typeof how === "string") continue;
  test(`${name} writes what it did into the audit log, and no secret`, async () => {
    const world: Awaited<ReturnType<typeof worldOf>> = await freshWorld(endpoint);
    const chain = [name];
    for (let first = how.first; first; first = (CHANGES[first] as ChangeCase).first) chain.unshift(first);
    const answers: Used[] = [];
    let before = new Map<string, string>();
    for (const each of chain) {
      before = await superuser(entries);
      answers.push(await use(each, world));
      world.earlier = answers.at(-1)?.answer as World["earlier"];
    }
    const written = [...(await superuser(entries))].filter(([id]) => !before.has(id)).map(([, text]) => text);
    assert.ok(written.length > 0, "no entry was written");
    const log = written.join("\n");
    for (const secret of secretsIn(answers.at(-1))) {
      assert.ok(!log.includes(secret), `${secret.slice(0, 6)}… of the answer or the body is in the log`);
    }
  });
}
