import assert from "node:assert/strict";
import test from "node:test";
import { previewWords, whyNotDemand } from "./rules.ts";

const NONE = { requireTwoFactor: false, onlySso: false, ssoProviders: [] };
const CORP = [
  { name: "corp", label: "Corp" },
  { name: "other", label: "Other" },
];
const password = { method: "password", provider: null, secondFactor: null };
const throughCorp = { method: "oidc", provider: "corp", secondFactor: null };
const sso = { ...NONE, onlySso: true, ssoProviders: ["corp"] };

test("nobody makes a demand that they do not meet themself", () => {
  const twoFactor = { ...NONE, requireTwoFactor: true };
  assert.match(whyNotDemand(twoFactor, NONE, password, CORP)?.message ?? "", /lock you out/);
  assert.equal(whyNotDemand(twoFactor, NONE, { ...password, secondFactor: "totp" }, CORP), null);
  assert.match(whyNotDemand(sso, NONE, password, CORP)?.message ?? "", /lock you out.*Corp/);
  assert.equal(whyNotDemand(sso, NONE, throughCorp, CORP), null);
  const narrowed = { ...sso, ssoProviders: ["other"] };
  const both = { ...sso, ssoProviders: ["corp", "other"] };
  assert.match(whyNotDemand(narrowed, both, throughCorp, CORP)?.message ?? "", /lock you out/);
});

test("nothing is asked that nobody could give, and the reason says who can change that", () => {
  assert.match(whyNotDemand(sso, NONE, throughCorp, [])?.message ?? "", /no identity provider yet/);
  assert.equal(whyNotDemand({ ...sso, ssoProviders: [] }, NONE, throughCorp, CORP)?.path, "ssoProviders");
  assert.match(
    whyNotDemand({ ...sso, ssoProviders: ["corp", "nope"] }, sso, throughCorp, CORP)?.message ?? "",
    /nope is not/,
  );
});

test("less may always be asked, also by somebody who does not meet what stays, or of a provider that is gone", () => {
  const all = { requireTwoFactor: true, onlySso: true, ssoProviders: ["gone"] };
  assert.equal(whyNotDemand({ ...all, requireTwoFactor: false }, all, password, CORP), null);
  assert.equal(whyNotDemand({ ...all, onlySso: false }, all, password, []), null);
  assert.equal(whyNotDemand({ ...all, ssoProviders: ["gone", "corp"] }, all, password, CORP), null);
  assert.equal(whyNotDemand(NONE, all, password, []), null);
});

test("the blast radius is told in numbers", () => {
  const counts = { members: 12, withoutSecondFactor: 3, withoutProvider: 0, tokens: 1 };
  assert.equal(
    previewWords(counts),
    "3 of 12 members set up no second factor yet. 1 access token stops working.",
  );
  assert.equal(
    previewWords({ ...counts, withoutSecondFactor: 0, tokens: 0 }),
    "All 12 members have what it asks for.",
  );
  assert.equal(
    previewWords({ members: 1, withoutSecondFactor: 0, withoutProvider: 0, tokens: 0 }),
    "You are the only member.",
  );
});
