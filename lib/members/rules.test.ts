import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { ROLES, roleCan } from "#lib/access/permissions.ts";
import {
  grantableRoles,
  isWithin,
  whyNotChange,
  whyNotGrant,
  whyNotHandOver,
  whyNotLeave,
  whyNotRemove,
} from "./rules.ts";

const role = fc.constantFrom(...ROLES);

test("nobody gives, takes or ends a role above their own, and only owners and admins do at all", () => {
  fc.assert(
    fc.property(role, role, fc.integer({ min: 2, max: 9 }), (own, theirs, owners) => {
      const allowed = roleCan(own, "member.manage") && isWithin(theirs, own);
      const change = { own, self: false, role: theirs, owners };
      assert.equal(whyNotChange(change) === null, allowed);
      assert.equal(whyNotRemove(change) === null, allowed);
      assert.equal(whyNotGrant(own, theirs) === null, allowed);
      assert.equal(grantableRoles(own).includes(theirs), allowed);
    }),
  );
  assert.deepEqual(grantableRoles("admin"), ["admin", "developer", "support", "viewer"]);
  assert.deepEqual(grantableRoles("owner"), ROLES);
  assert.equal(isWithin("owner", "admin"), false);
});

test("the only owner is not demoted, not removed and does not leave, whoever asks", () => {
  fc.assert(
    fc.property(role, fc.boolean(), (own, self) => {
      const last = { own: self ? ("owner" as const) : own, self, role: "owner" as const, owners: 1 };
      for (const why of [whyNotChange(last), whyNotRemove(last), whyNotLeave(last)])
        assert.equal(typeof why, "string");
    }),
  );
});

test("everybody else may leave, and only an owner hands ownership over, to somebody who has none", () => {
  for (const own of ROLES) {
    assert.equal(whyNotLeave({ role: own, owners: 2 }), null);
    assert.equal(whyNotHandOver({ own, self: false, role: "viewer" }) === null, own === "owner");
    assert.notEqual(whyNotHandOver({ own, self: false, role: "owner" }), null);
    assert.notEqual(whyNotHandOver({ own, self: true, role: own }), null);
  }
});
