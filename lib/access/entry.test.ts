import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Proof, TokenProof } from "./actor.ts";
import { type EntryPolicy, unmetDemand as unmetOf } from "./entry.ts";

const unmetDemand = (asked: EntryPolicy, tenantId: string, proof: Proof, userId: string | null = "u") =>
  unmetOf(asked, tenantId, { userId, proof });
const session = (differently: Partial<Extract<Proof, { type: "session" }>> = {}): Proof => ({
  type: "session",
  sessionId: "s",
  method: "password",
  provider: null,
  secondFactor: null,
  confirmedAt: new Date(),
  ...differently,
});
const token = (differently: Partial<TokenProof> = {}): Proof => ({
  type: "token",
  tokenId: "t",
  name: "CI",
  tenantId: "acme",
  permissions: null,
  person: { provider: null, hasSecondFactor: false },
  ...differently,
});
const policy = (differently: Partial<EntryPolicy>): EntryPolicy => ({
  requireTwoFactor: false,
  onlySso: false,
  ssoProviders: [],
  ...differently,
});
const twoFactor = policy({ requireTwoFactor: true });
const sso = policy({ onlySso: true, ssoProviders: ["corp"] });

test("a tenant without demands lets everybody in that is its member", () => {
  for (const proof of [session(), token()]) assert.equal(unmetDemand(policy({}), "acme", proof), null);
});

test("a second factor counts when the session has it, not when the account could give one", () => {
  assert.equal(unmetDemand(twoFactor, "acme", session()), "two_factor_required");
  for (const secondFactor of ["totp", "recovery", "passkey", "provider"] as const)
    assert.equal(unmetDemand(twoFactor, "acme", session({ secondFactor })), null);
  assert.equal(unmetDemand(twoFactor, "acme", token()), "two_factor_required");
  assert.equal(
    unmetDemand(twoFactor, "acme", token({ person: { provider: null, hasSecondFactor: true } })),
    null,
  );
});

test("only a session of one of the tenant's own providers counts, and a token made for this tenant in such a one", () => {
  assert.equal(unmetDemand(sso, "acme", session()), "sso_required");
  assert.equal(unmetDemand(sso, "acme", session({ method: "oidc", provider: "other" })), "sso_required");
  assert.equal(unmetDemand(sso, "acme", session({ method: "oidc", provider: "corp" })), null);
  const made = { provider: "corp", hasSecondFactor: false };
  assert.equal(unmetDemand(sso, "acme", token({ person: made })), null);
  assert.equal(unmetDemand(sso, "globex", token({ person: made })), "sso_required");
  assert.equal(unmetDemand(sso, "acme", token({ person: made, tenantId: null })), "sso_required");
});

test("a service token, which an admin made inside, is nobody who could sign in", () => {
  const { person: _, ...service } = token() as TokenProof;
  assert.equal(unmetDemand({ ...sso, requireTwoFactor: true }, "acme", service, null), null);
  assert.equal(unmetDemand(twoFactor, "acme", service, "u"), "two_factor_required", "unknown is not enough");
});

test("asking for more never lets somebody in who was kept out", () => {
  const proofs = fc.oneof(
    fc
      .record({
        method: fc.constantFrom("password" as const, "oidc" as const),
        provider: fc.constantFrom(null, "corp", "other"),
        secondFactor: fc.constantFrom(null, "totp" as const),
      })
      .map(session),
    fc
      .record({ provider: fc.constantFrom(null, "corp"), hasSecondFactor: fc.boolean() })
      .map((person) => token({ person })),
  );
  const policies = fc.record({
    requireTwoFactor: fc.boolean(),
    onlySso: fc.boolean(),
    ssoProviders: fc.subarray(["corp", "other"]),
  });
  fc.assert(
    fc.property(policies, proofs, (asked, proof) => {
      if (unmetDemand(asked, "acme", proof) === null) return;
      const more = { ...asked, requireTwoFactor: true, onlySso: true, ssoProviders: asked.ssoProviders };
      assert.notEqual(unmetDemand(more, "acme", proof), null);
    }),
  );
});
