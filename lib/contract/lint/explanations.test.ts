import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { EXPLANATIONS } from "./explanations.ts";

const file = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("docs/lint.md and the console say the same of every code", () => {
  const rows = new Map<string, string[]>();
  for (const line of file("../../../docs/lint.md").split("\n")) {
    if (!line.startsWith("| `")) continue;
    const [codes = "", _severity, why = "", mend = ""] = line.replace(/^\| | ?\|$/g, "").split(/ \| ?/);
    for (const [, code] of codes.matchAll(/`([a-z_]+)`/g))
      rows.set(code as string, [why.trim(), mend.trim()]);
  }
  assert.deepEqual(
    [...EXPLANATIONS].map(([code, { why, mend }]) => [code, why, mend]).sort(),
    [...rows].map(([code, [why, mend]]) => [code, why, mend]).sort(),
  );
});

test("every code that a rule gives is explained", () => {
  const here = new URL(".", import.meta.url);
  const sources = [
    ...readdirSync(here).filter((name) => name.endsWith(".ts") && !/test|explanations/.test(name)),
    ...readdirSync(new URL("..", here))
      .filter((name) => /(checks|errors)\.ts$/.test(name))
      .map((name) => `../${name}`),
  ].map(file);
  const codes = sources.flatMap((source) =>
    [...source.matchAll(/(?:"(?:error|warning|info)",|\berror\(|\bcode:|\?)\s*"([a-z]+(?:_[a-z]+)+)"/g)].map(
      ([, code]) => code as string,
    ),
  );
  assert.ok(codes.length >= 20, `${codes.length}`);
  assert.deepEqual(
    [...new Set(codes)].filter((code) => !EXPLANATIONS.has(code)),
    [],
  );
});
