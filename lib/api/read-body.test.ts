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

test("a body that is nested without end is read or refused, never a fall", async () => {
  const deep = `${'{"a":'.repeat(100_000)}"__proto__"${"}".repeat(100_000)}`;
  assert.equal(typeof (await read(deep)), "object");
});
