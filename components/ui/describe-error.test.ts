import assert from "node:assert/strict";
import test from "node:test";
import { ApiError } from "#lib/api/client.ts";
import { describeError } from "./describe-error.ts";

const refused = (details: { path: string; message: string }[]) =>
  describeError(
    new ApiError({ status: 409, code: "conflict", message: "It cannot be", requestId: "r", details }),
  ).todo;

test("a conflict sends people to the current version only where there is one, and else says that nothing happened", () => {
  assert.equal(
    refused([{ path: "version", message: "The current version is 4." }]),
    "Look at the current version, then decide.",
  );
  assert.equal(refused([{ path: "emails.0", message: "is a member already" }]), "Nothing was changed.");
  assert.equal(refused([]), "Nothing was changed.");
});
