import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { routeTexts } from "./revision-text.ts";

const written = (routes: unknown[]) =>
  `{"format":1,"routes":[${routes.map((r) => JSON.stringify(r)).join(",")}]}`;
const route = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue(), { maxKeys: 4 });

test("every route comes out as it went in, whatever its strings hold", () => {
  fc.assert(
    fc.property(fc.array(route, { maxLength: 5 }), (routes) => {
      const read = [...routeTexts(written(routes))].flatMap(
        (text) => JSON.parse(text as string) as unknown[],
      );
      assert.deepEqual(read, JSON.parse(JSON.stringify(routes)));
    }),
  );
});

test("what is given in parts means the same as the whole, or is said not to be in parts", () => {
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 3 }),
      fc.nat(),
      fc.constantFrom("", '"', "\\", "{", "}", ",", "]", " ", "x"),
      (routes, place, odd) => {
        const whole = written(routes);
        const at = place % (whole.length + 1);
        const text = whole.slice(0, at) + odd + whole.slice(at + 1);
        const parts = [...routeTexts(text)];
        if (parts.includes(null)) return;
        let read: unknown[];
        try {
          read = parts.flatMap((part) => JSON.parse(part as string) as unknown[]);
        } catch {
          assert.throws(() => JSON.parse(text));
          return;
        }
        assert.deepEqual(JSON.parse(text), { format: 1, routes: read });
      },
    ),
    { numRuns: 500 },
  );
});

test("another format, other members and other spacing are for the whole text's reader", () => {
  for (const text of [
    '{"format":2,"routes":[]}',
    '{"format":1,"routes":[],"more":1}',
    '{ "format":1,"routes":[]}',
    "",
    "{}",
  ]) {
    assert.deepEqual([...routeTexts(text)], [null], text);
  }
  assert.deepEqual([...routeTexts('{"format":1,"routes":[]}')], []);
});
