import assert from "node:assert/strict";
import test from "node:test";
import { ROLES, roleCan } from "#lib/access/permissions.ts";
import {
  endsSoon,
  PERMISSION_GROUPS,
  PRESETS,
  permissionsOf,
  permissionWords,
  TOKEN_PERMISSIONS,
  tokenStatus,
  whyNotGive,
} from "./rules.ts";

test("every permission that a token can hold is in exactly one group, and nothing else is", () => {
  const grouped = PERMISSION_GROUPS.flatMap(({ permissions }) => permissions);
  assert.deepEqual([...grouped].sort(), [...TOKEN_PERMISSIONS].sort());
});

test("no token can hold a permission over people or over tokens", () => {
  for (const permission of ["member.manage", "token.manage", "token.own", "view.save"] as const) {
    assert.ok(!TOKEN_PERMISSIONS.includes(permission), permission);
  }
});

test("presets name groups that there are, and are told in words", () => {
  const ids = PERMISSION_GROUPS.map(({ id }) => id);
  for (const { groups } of PRESETS) for (const group of groups) assert.ok(ids.includes(group), group);
  const ci = PRESETS.find(({ id }) => id === "ci");
  assert.deepEqual(permissionWords(permissionsOf(ci?.groups ?? [])), ["Read", "Edit the draft", "Publish"]);
  assert.deepEqual(permissionWords(["tenant.read"]), ["tenant.read"], "half a group by name");
});

test("nobody gives a permission that they do not hold, and everybody those that they do", () => {
  for (const role of ROLES) {
    for (const permission of TOKEN_PERMISSIONS) {
      assert.equal(
        whyNotGive(role, [permission]) === null,
        roleCan(role, permission),
        `${role} ${permission}`,
      );
    }
  }
  assert.equal(
    whyNotGive("admin", ["tenant.read", "tenant.manage"]),
    "You are an admin: only owners can give “Tenant settings”.",
  );
});

test("a token is revoked before it is expired, and expired from its last moment on", () => {
  const now = new Date();
  assert.equal(tokenStatus({ expiresAt: now, revokedAt: null }, now), "expired");
  assert.equal(tokenStatus({ expiresAt: new Date(now.getTime() + 1), revokedAt: null }, now), "active");
  assert.equal(tokenStatus({ expiresAt: now, revokedAt: now }, now), "revoked");
});

test("two weeks before its end a token is said to end soon, not before and not afterwards", () => {
  const now = Date.now();
  const day = 86_400_000;
  assert.equal(endsSoon(new Date(now + 14 * day), now), true);
  assert.equal(endsSoon(new Date(now + 15 * day), now), false);
  assert.equal(endsSoon(new Date(now - 1), now), false);
});
