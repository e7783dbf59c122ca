import assert from "node:assert/strict";
import { test } from "node:test";
import { DomainError } from "#lib/errors/domain-error.ts";
import { readJsonBody } from "./read-body.ts";

const read = (body: string) =>
  readJsonBody(
    new Request("http://console.example", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    }),
  );

test("a name that copies would drop without a word is refused at its place, however it is spelled", async () => {
  for (const name of ["__proto__", "\\u005f_proto__", "__pr\\u006Fto__"]) {
    await assert.rejects(read(`{"a":[{"b":{"${name}":1}}]}`), (error) => {
      assert.ok(error instanceof DomainError);
      assert.deepEqual(error.details, [{ path: "a.0.b.__proto__", message: "cannot be a name" }]);
      return true;
    });
  }
  assert.deepEqual(await read('{"note":"__proto__"}'), { note: "__proto__" });
});

const nested = (depth: number) => `${'{"a":'.repeat(depth)}"__proto__"${"}".repeat(depth)}`;

test("a body that is nested without end is read or refused, never a fall", async () => {
  assert.equal(typeof (await read(nested(100_000))), "object");
});

test("twice the depth of a body costs about twice the time, not four times", async () => {
  const cpuOf = async (depth: number) => {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const before = process.cpuUsage();
      await read(nested(depth));
      least = Math.min(least, process.cpuUsage(before).user);
    }
    return least;
  };
  await cpuOf(1_000);
  assert.ok((await cpuOf(80_000)) < 6 * (await cpuOf(20_000)) + 50_000);
});
