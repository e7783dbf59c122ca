import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { ROLES } from "#lib/access/permissions.ts";
import { whyNotGrant } from "#lib/members/rules.ts";
import { invitationMail } from "./mail.ts";
import { type InvitationDates, invitationStatus, whyNotCancel, whyNotRenew } from "./rules.ts";

const now = new Date("2026-11-21T12:00:00Z");
const later = new Date(now.getTime() + 1);
const open = { expiresAt: later, acceptedAt: null, cancelledAt: null };
const role = fc.constantFrom(...ROLES);

test("an invitation is pending only while its inviter may still give the role", () => {
  fc.assert(
    fc.property(role, fc.option(role), (given, inviter) => {
      const may = inviter !== null && whyNotGrant(inviter, given) === null;
      assert.equal(invitationStatus({ ...open, role: given }, inviter, now), may ? "pending" : "void");
    }),
  );
});

test("what is over stays over, whatever has become of its inviter, and at its very end it has expired", () => {
  for (const inviter of ["owner", null] as const) {
    const status = (change: Partial<Omit<InvitationDates, "role">>) =>
      invitationStatus({ ...open, role: "viewer", ...change }, inviter, now);
    assert.equal(status({ acceptedAt: now }), "accepted");
    assert.equal(status({ cancelledAt: now }), "cancelled");
    assert.equal(status({ expiresAt: now }), "expired");
  }
});

test("a new link brings back what has expired or is void, and nothing that was accepted or cancelled", () => {
  for (const status of ["pending", "expired", "void"] as const) {
    assert.equal(whyNotRenew(status, "viewer", "admin"), null);
    assert.equal(whyNotCancel(status, "viewer", "admin"), null);
    assert.notEqual(whyNotRenew(status, "owner", "admin"), null);
    assert.notEqual(whyNotCancel(status, "owner", "admin"), null);
  }
  for (const status of ["accepted", "cancelled"] as const) {
    assert.notEqual(whyNotRenew(status, "viewer", "owner"), null);
    assert.notEqual(whyNotCancel(status, "viewer", "owner"), null);
  }
});

const mail = (tenant: string, inviter: string) =>
  invitationMail({
    email: "new@corp.example",
    role: "admin",
    expiresAt: now,
    link: "https://gate.example/join#ghi_x",
    tenant: { name: tenant, slug: "acme" },
    inviter: { name: inviter, email: "ada@acme.example" },
  });

test("no name ends a line of the mail, and its only link is ours", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ maxLength: 60 }),
      (tenant, inviter) => {
        const { subject, text, to } = mail(tenant, inviter);
        assert.deepEqual(to, ["new@corp.example"]);
        assert.doesNotMatch(subject, /[\p{Cc}\u2028\u2029]/u);
        assert.equal(text.split(/\r\n|[\n\r\u2028\u2029]/).length, 8);
        assert.deepEqual(text.match(/\w+:\/\/\S+/g), ["https://gate.example/join#ghi_x"]);
      },
    ),
    { numRuns: 40 },
  );
});

test("a name with an address in it is left out for what cannot be one", () => {
  for (const name of ["Win at evil.example", "https://evil.example", "www.evil", "call ada@evil"]) {
    const { subject, text } = mail(name, name);
    assert.doesNotMatch(subject + text, /evil/);
    assert.match(text, /^ada@acme\.example invites you to the tenant “acme”/);
  }
  assert.match(
    mail("Acme & Sons", "Ada Lovelace").text,
    /^Ada Lovelace \(ada@acme\.example\) .*“Acme & Sons”/,
  );
});
