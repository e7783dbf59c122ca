import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { checkWalls } from "./check.ts";
import { ROOMS } from "./rules.ts";

const IMPORTS = { "#lib/*": "./lib/*", "#components/*": "./components/*", "#data-plane/*": "./data-plane/*" };

/** A small house in which every wall stands. */
const SOUND: Record<string, string> = {
  "app/page.tsx": 'import { Card } from "#components/card.tsx";\nexport default () => <Card />;\n',
  "components/card.tsx":
    'import { shape } from "#lib/keys/schema.ts";\nexport const Card = () => <p>{shape}</p>;\n',
  "lib/contract/path.ts": "export const path = 1;\n",
  "lib/keys/schema.ts": 'import { z } from "zod";\nexport const shape = z;\n',
  "lib/keys/secret.ts": "export const inside = 1;\n",
  "lib/keys/commands.ts": 'import { inside } from "./secret.ts";\nexport const mint = inside;\n',
  "lib/keys/mint.test.ts":
    'import { inside } from "./secret.ts";\nimport "#data-plane/main.ts";\nvoid inside;\n',
  "lib/routes/commands.ts": 'import { mint } from "#lib/keys/commands.ts";\nexport const save = mint;\n',
  "lib/db/client.ts": 'import { PrismaPg } from "@prisma/adapter-pg";\nexport const db = PrismaPg;\n',
  "data-plane/main.ts": 'import { path } from "#lib/contract/path.ts";\nexport const main = path;\n',
};

async function check(extra: Record<string, string>, minimums = {}): Promise<string[]> {
  const root = await mkdtemp(path.join(tmpdir(), "walls-"));
  try {
    const files = { "package.json": JSON.stringify({ imports: IMPORTS }), ...SOUND, ...extra };
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), content);
    }
    return (await checkWalls(root, minimums)).violations;
  } finally {
    await rm(root, { recursive: true });
  }
}

test("a house with every wall standing has no violation", async () => {
  assert.deepEqual(await check({}), []);
});

const BROKEN: [what: string, file: string, source: string, says: RegExp][] = [
  ["lib importing app", "lib/keys/queries.ts", 'import "../../app/page.tsx";', /nothing imports app/],
  ["a test importing app", "lib/keys/x.test.ts", 'import "../../app/page.tsx";', /nothing imports app/],
  [
    "code importing a test",
    "lib/keys/queries.ts",
    'import "./mint.test.ts";',
    /only tests and measurements import tests/,
  ],
  [
    "code importing the harness",
    "scripts/x.ts",
    'import "../tests/harness/x.ts";',
    /only tests and measurements import tests/,
  ],
  [
    "app importing the data plane",
    "app/x.tsx",
    'import "#data-plane/main.ts";',
    /app imports components and lib/,
  ],
  [
    "components importing a command",
    "components/x.tsx",
    'import "#lib/keys/commands.ts";',
    /components import what/,
  ],
  ["components importing Node.js", "components/x.tsx", 'import "node:fs";', /components import what/],
  ["components importing the driver", "components/x.tsx", 'import pg from "pg";', /components import what/],
  ["lib importing a component", "lib/keys/queries.ts", 'import "#components/card.tsx";', /lib imports lib/],
  [
    "the contract importing a slice",
    "lib/contract/x.ts",
    'import "#lib/keys/schema.ts";',
    /contract is pure/,
  ],
  ["the contract importing Node.js", "lib/contract/x.ts", 'import "node:crypto";', /contract is pure/],
  [
    "rules importing a query",
    "lib/keys/rules.ts",
    'import "#lib/db/client.ts";',
    /schemas and rules are pure/,
  ],
  [
    "the data plane importing a slice",
    "data-plane/x.ts",
    'import "#lib/keys/schema.ts";',
    /data plane imports/,
  ],
  ["the data plane importing Prisma", "data-plane/x.ts", 'import "@prisma/client/sql";', /no Prisma/],
  ["Prisma beside lib/db", "lib/keys/queries.ts", 'import "@prisma/client";', /through lib\/db/],
  [
    "the generated client beside lib/db",
    "app/x.ts",
    'import "#lib/db/generated/client.ts";',
    /through lib\/db/,
  ],
  [
    "a slice reaching into another",
    "lib/routes/x.ts",
    'import "#lib/keys/secret.ts";',
    /lib\/keys is entered/,
  ],
  ["app reaching into a slice", "app/x.ts", 'import "#lib/keys/secret.ts";', /lib\/keys is entered/],
  [
    "a sample function importing ours",
    "functions/x.mjs",
    'import "../lib/keys/schema.ts";',
    /sample functions/,
  ],
  ["a module in no room", "extras/x.ts", "export {};", /no room/],
  [
    "a computed import",
    "lib/keys/queries.ts",
    "export const x = (n: string) => import(n);",
    /made while running/,
  ],
];

for (const [what, file, source, says] of BROKEN) {
  test(`${what} is caught`, async () => {
    const violations = await check({ [file]: `${source}\n` });
    assert.equal(violations.length > 0, true, "no violation was found");
    assert.ok(
      violations.some((violation) => violation.includes(file) && says.test(violation)),
      violations.join("\n"),
    );
  });
}

const WAYS: [way: string, source: string][] = [
  ["import", 'import { main } from "#data-plane/main.ts";\nvoid main;'],
  ["import type", 'import type { main } from "#data-plane/main.ts";\nexport type A = typeof main;'],
  ["a bare import", 'import "#data-plane/main.ts";'],
  ["export from", 'export { main } from "#data-plane/main.ts";'],
  ["export star", 'export * from "#data-plane/main.ts";'],
  ["a dynamic import", 'export const load = () => import("#data-plane/main.ts");'],
  ["an import type expression", 'export type A = import("#data-plane/main.ts").main;'],
  ["require", 'export const load = () => require("../data-plane/main.ts");'],
  ["a relative path", 'import "../data-plane/main";'],
];

for (const [way, source] of WAYS) {
  test(`a wall holds against ${way}`, async () => {
    const violations = await check({ "app/x.ts": `${source}\n` });
    assert.match(violations.join("\n"), /^app\/x\.ts:1: .*app imports components and lib/m);
  });
}

test("seeing fewer modules than a room holds is a violation", async () => {
  assert.match((await check({}, { components: 2 })).join("\n"), /components: only 1 modules seen/);
});

test("a file that does not parse fails the check instead of being passed over", async () => {
  await assert.rejects(check({ "lib/keys/queries.ts": "import from from;\n" }), /does not parse/);
});

test("every wall of the real house stands, and every room is looked at", async () => {
  const { modules, violations } = await checkWalls(path.join(import.meta.dirname, "../.."));
  assert.deepEqual(violations, []);
  assert.ok(modules >= Object.values(ROOMS).reduce((sum, least) => sum + least, 0));
});
