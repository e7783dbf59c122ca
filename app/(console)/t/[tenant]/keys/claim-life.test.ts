import assert from "node:assert/strict";
import test from "node:test";
import { newKeyClaimSchema } from "#lib/claims/schema.ts";
import { LINK_LIVES, linkInput, mailDraft, NEW_LINK } from "./claim-life.ts";

test("every offered life is one that the server takes, and the first offered is its default", () => {
  for (const { value } of LINK_LIVES) {
    const input = { name: "p", ...linkInput({ life: value, hours: "5", note: "" }) };
    assert.ok(newKeyClaimSchema.safeParse(input).success, value);
  }
  assert.equal(
    newKeyClaimSchema.parse({ name: "p", ...linkInput(NEW_LINK) }).lifeHours,
    newKeyClaimSchema.parse({ name: "p" }).lifeHours,
  );
});

test("hours that are no whole number within bounds are refused, never rounded", () => {
  for (const hours of ["", "0", "1.5", "1e2", "-4", "337", "soon"]) {
    const input = { name: "p", ...linkInput({ life: "custom", hours, note: "" }) };
    assert.equal(newKeyClaimSchema.safeParse(input).success, false, hours);
  }
});

test("the draft has a place for the link, and no way to hold it", () => {
  const draft = mailDraft({
    tenant: "acme & co",
    keyName: "a?b",
    expiresAt: "2030-01-01T00:00:00Z",
    note: "Hi\nthere",
  });
  assert.match(decodeURIComponent(draft), /\(paste the link here\)/);
  assert.match(draft, /^mailto:\?subject=[^&]+&body=[^&?]+$/);
});
