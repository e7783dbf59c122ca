import assert from "node:assert/strict";
import test from "node:test";
import { z } from "zod";
import {
  errorAt,
  errorsOfDetails,
  errorsOfSchema,
  invalidItems,
  listError,
  unplacedErrors,
} from "./field-errors.ts";

test("however a path is written, the error finds its field, and the first one counts", () => {
  assert.deepEqual(
    errorsOfDetails([
      { path: "auth.allowedApiKeyIds[0]", message: "is unknown" },
      { path: "/rateLimit/requestsPerMinute", message: "is too small" },
      { path: "rateLimit.requestsPerMinute", message: "is odd" },
      { path: "", message: "too many fields" },
    ]),
    {
      "auth.allowedApiKeyIds.0": "Is unknown",
      "rateLimit.requestsPerMinute": "Is too small",
      "": "Too many fields",
    },
  );
});

test("the browser's own check gives the same shape", () => {
  const result = z
    .strictObject({ a: z.strictObject({ b: z.array(z.number()) }) })
    .safeParse({ a: { b: ["x"] } });
  assert.ok(!result.success);
  assert.deepEqual(Object.keys(errorsOfSchema(result.error)), ["a.b.0"]);
});

test("an error inside a field is the field's, and one that no field shows is said for the form", () => {
  const errors = { "target.url": "Must be a URL", surprise: "Is unknown", "": "Nothing to save" };
  assert.equal(errorAt(errors, "target"), "Must be a URL");
  assert.equal(errorAt(errors, "targetX"), null);
  assert.deepEqual(unplacedErrors(errors, ["target"]), ["surprise: Is unknown", "Nothing to save"]);
});

test("of a list, every refused item has its place, and the error names the first of them", () => {
  const errors = { "emails.1": "Is not an e-mail address", "emails.3": "Is a member already", emailsX: "No" };
  assert.deepEqual(invalidItems(errors, "emails"), [1, 3]);
  assert.equal(listError(errors, "emails", ["a@x.example", "b@@x"]), "“b@@x”: Is not an e-mail address");
  assert.equal(listError({ emails: "Needs at least one" }, "emails", []), "Needs at least one");
});
