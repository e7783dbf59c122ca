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

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("a body that is nested without end is refused, never a fall, and one that somebody may mean is read", async () => {
  assert.ok(await read(nested(256)));
  for (const depth of [257, 100_000, 500_000]) {
    await assert.rejects(read(nested(depth)), (error: unknown) => {
      return error instanceof DomainError && error.code === "bad_request" && /256 levels/.test(error.message);
    });
  }
});
