import assert from "node:assert/strict";
import test from "node:test";
import type { PreviewOperation } from "#lib/openapi/schema.ts";
import { choosable, filterOperations, importedWords, importLabel, tagsOf } from "./choose-operations.ts";

const operation = (fields: Partial<PreviewOperation>): PreviewOperation => ({
  pointer: `/${fields.method ?? "GET"}${fields.path ?? ""}`,
  operationId: null,
  method: "GET",
  path: "/pets",
  name: "",
  description: "",
  tags: [],
  deprecated: false,
  enabled: true,
  auth: "none",
  scopes: [],
  target: "function x",
  checks: { body: false, query: [] },
  state: "new",
  existing: null,
  changes: [],
  problem: null,
  notes: [],
  ...fields,
});
const all = [
  operation({ path: "/pets", name: "List pets", tags: ["pets"] }),
  operation({ path: "/orders", method: "POST", tags: ["orders", "beta"], state: "update" }),
  operation({ path: "/same", state: "same" }),
  operation({ path: "/bad", state: "unusable", problem: "no" }),
];
const paths = (list: PreviewOperation[]) => list.map(({ path }) => path);

test("every word of the search must occur, and tag and state narrow further", () => {
  assert.deepEqual(paths(filterOperations(all, { q: "get LIST", tag: "", state: "" })), ["/pets"]);
  assert.deepEqual(paths(filterOperations(all, { q: "", tag: "beta", state: "" })), ["/orders"]);
  assert.deepEqual(paths(filterOperations(all, { q: "", tag: "", state: "unusable" })), ["/bad"]);
  assert.deepEqual(tagsOf(all), ["beta", "orders", "pets"]);
});

test("only what changes the draft can be chosen", () => {
  assert.deepEqual(choosable(all), ["/GET/pets", "/POST/orders"]);
});

test("the button says how many routes are added and how many change", () => {
  assert.equal(importLabel(all.slice(0, 1)), "Import 1 route");
  assert.equal(importLabel(all.slice(0, 2)), "Import 1 route, change 1");
  assert.equal(importLabel(all.slice(1, 2)), "Change 1 route");
  assert.equal(
    importedWords({ created: 1_000, updated: 1 }),
    "1,000 routes added, 1 route changed in the draft",
  );
});
