import assert from "node:assert/strict";
import { test } from "node:test";
import { editedPayload, textOfPayload } from "./payload-text.ts";

const INPUT = { method: "POST", body: '{"customer":1,"password":"•••"}', headers: { authorization: "•••" } };

test("a body that is JSON text is edited as JSON, and what was not changed is not sent", () => {
  const text = textOfPayload(INPUT);
  assert.match(text, /^\{\s*"body": \{\s*"customer": 1/);
  assert.deepEqual(editedPayload(INPUT, text), { ok: true, operations: [] });
  assert.deepEqual(editedPayload(INPUT, text.replace('"customer": 1', '"customer": 2')), {
    ok: true,
    operations: [{ op: "replace", path: "/body/customer", value: 2 }],
  });
});

test("a hidden value can be replaced and cannot be moved or sent back", () => {
  const text = textOfPayload(INPUT);
  assert.equal(
    editedPayload(INPUT, text.replace('"authorization": "•••"', '"authorization": "new"')).ok,
    true,
  );
  assert.match(
    JSON.stringify(editedPayload(INPUT, text.replace('"authorization"', '"other"'))),
    /holds •••, which stands for a hidden value/,
  );
});

test("text that is not JSON says so", () => {
  assert.match(JSON.stringify(editedPayload(INPUT, "{")), /This is not JSON/);
});
