import assert from "node:assert/strict";
import test from "node:test";
import { currentSupportPage, SUPPORT_NAV } from "./support-nav.ts";

test("every page of the desk lights up its own entry, and no two share a letter", () => {
  assert.equal(currentSupportPage("/support"), "f");
  assert.equal(currentSupportPage("/support/tenants/acme"), "t");
  assert.equal(currentSupportPage("/support/dead-letters/52fe"), "d");
  assert.equal(currentSupportPage("/support/searches"), "s");
  assert.equal(currentSupportPage("/support/elsewhere"), null);
  assert.equal(new Set(SUPPORT_NAV.map(({ key }) => key)).size, SUPPORT_NAV.length);
});
