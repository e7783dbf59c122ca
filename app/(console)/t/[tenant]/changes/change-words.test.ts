import assert from "node:assert/strict";
import test from "node:test";
import type { RouteChange } from "#lib/publishing/schema.ts";
import { effectsOf, summarize } from "./change-words.ts";

const changed = (...fields: RouteChange["fields"]): RouteChange => ({
  kind: "changed",
  routeId: "0199a000-0000-7000-8000-000000000001",
  method: "GET",
  path: "/a",
  fields,
});
const keys = (...ids: string[]) => ({ mode: "api-key", allowedApiKeyIds: ids });
const anyKey = { mode: "api-key", allowedApiKeyIds: null };
const texts = (change: RouteChange) => effectsOf(change).map((effect) => effect.text);

test("a gate that gets wider is said, one that gets narrower is not", () => {
  assert.deepEqual(texts(changed({ field: "auth", before: anyKey, after: { mode: "none" } })), [
    "Becomes public.",
  ]);
  assert.deepEqual(texts(changed({ field: "auth", before: keys("a"), after: anyKey })), [
    "More callers get in.",
  ]);
  assert.deepEqual(texts(changed({ field: "auth", before: keys("a"), after: keys("a", "b") })), [
    "1 more key gets in.",
  ]);
  assert.deepEqual(texts(changed({ field: "auth", before: anyKey, after: keys("a") })), []);
});

test("whoever loses a route is told to the reviewer", () => {
  assert.deepEqual(texts({ ...changed(), kind: "removed" }), ["Its callers get 404 or 405."]);
  assert.deepEqual(texts(changed({ field: "path", before: "/a", after: "/b" })), [
    "Callers of the old path lose it.",
  ]);
});

test("the summary names only the kinds that there are", () => {
  assert.equal(summarize([changed(), { ...changed(), kind: "added" }, changed()]), "1 added, 2 changed");
});
