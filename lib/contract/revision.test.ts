import assert from "node:assert/strict";
import test from "node:test";
import { canonicalJson } from "./canonical-json.ts";
import { parseRevision, serializeRevision } from "./revision.ts";
import { routeSchema } from "./route.ts";

const route = (id: number, path: string) =>
  routeSchema.parse({
    id: `0199a000-0000-7000-8000-00000000000${id}`,
    method: "GET",
    path,
    target: { type: "function", function: "hello" },
  });

test("a revision's text is canonical JSON, whatever the order in which its routes are given", () => {
  const [a, b] = [route(1, "/b"), route(2, "/a")];
  const text = serializeRevision([a, b]);
  assert.equal(text, canonicalJson({ format: 1, routes: [b, a] }));
  assert.equal(serializeRevision([b, a]), text);
  assert.equal(serializeRevision(parseRevision(text).routes), text);
  assert.equal(serializeRevision([]), '{"format":1,"routes":[]}');
});
