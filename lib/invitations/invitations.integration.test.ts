import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import pg from "pg";
import type { PersonActor, TenantPerson } from "#lib/access/actor.ts";
import type { MemberRole } from "#lib/access/permissions.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { changeRole, removeMember } from "#lib/members/commands.ts";
import { signIn } from "#lib/sign-in/commands.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { mailServer } from "#tests/harness/mail-server.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import {
  acceptInvitation,
  cancelInvitation,
  createInvitations,
  makeInvitationLink,
  openInvitation,
  resendInvitation,
  signUpAndAccept,
} from "./commands.ts";
import { listInvitations } from "./queries.ts";
import { MAIL_LIMITS, MOST_PENDING } from "./rules.ts";
import { type NewInvitation, newInvitationsSchema } from "./schema.ts";

const PASSWORD = "orbit lantern velvet quarry";
const CALLER = { requestId: "a-request", ip: "127.0.0.1" };

let plane: ControlPlane;
let superuser: pg.Pool;
let post: Awaited<ReturnType<typeof mailServer>>;
before(async () => {
  plane = await controlPlane();
  superuser = new pg.Pool({ connectionString: plane.database.superuserUrl, max: 4 });
  post = await mailServer();
});
after(async () => {
  post.server.close();
  await superuser.end();
  await plane.close();
});

let count = 0;
const fresh = () => `invited-${++count}@corp.example`;
const tenant = async (slug: string) => (await plane.tenant(slug)).actor as TenantPerson;
const member = (of: TenantPerson, role: MemberRole) => plane.member(of, role) as Promise<TenantPerson>;
const refusedAs = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code;
const dead = refusedAs("not_found");
const secretOf = ({ link }: { link: string }) => new URL(link).hash.slice(1);
const input = (emails: string[], role: MemberRole = "developer", more = {}) =>
  newInvitationsSchema.parse({ emails, role, sendMail: false, ...more });

async function invite(
  by: TenantPerson,
  email = fresh(),
  role: MemberRole = "developer",
): Promise<NewInvitation> {
  const [made] = await createInvitations(by, input([email], role));
  return made as NewInvitation;
}
/** Somebody with an account who is signed in. */
async function signedIn(email: string): Promise<PersonActor> {
  const userId = uuidv7();
  await superuser.query("INSERT INTO users (id, email, name) VALUES ($1, $2, 'Invited')", [userId, email]);
  return { userId, email, name: "Invited", isOperator: false, proof: sessionProof(), ...CALLER };
}
const signUp = (made: { link: string }, name = "New Person") =>
  signUpAndAccept({ secret: secretOf(made), name, password: PASSWORD }, CALLER);
const rows = async (sql: string, ...values: unknown[]) => (await superuser.query(sql, values)).rows;
const statusOf = async (by: TenantPerson, id: string) =>
  (await listInvitations(by, { limit: 100 })).data.find((one) => one.id === id)?.status;

/** With the mail server configured: what was sent meanwhile is in `mails`. */
async function withMail<T>(work: (mails: string[]) => Promise<T>): Promise<T> {
  process.env.SMTP_URL = post.url;
  post.mails.length = 0;
  try {
    return await work(post.mails);
  } finally {
    delete process.env.SMTP_URL;
  }
}
const mailedSecret = (mail: string | undefined) => {
  // Long lines are folded by the sender.
  const text = (mail ?? "").replace(/=\r\n/g, "").replace(/=3D/g, "=");
  return /\/join#(ghi_[\w-]+)/.exec(text)?.[1] ?? assert.fail(text);
};

test("somebody without an account makes one with the link, is a member, and can sign in", async () => {
  const owner = await tenant("sign-up");
  const made = await invite(owner);
  assert.match(made.link, /^http:\/\/127\.0\.0\.1:3000\/join#ghi_\S{49}$/);
  const opened = await openInvitation(secretOf(made));
  assert.deepEqual(
    [opened.email, opened.role, opened.tenant],
    [made.email, "developer", { name: "sign-up" }],
  );
  const joined = await signUp(made);
  assert.deepEqual([joined.role, joined.already, joined.tenant.slug], ["developer", false, "sign-up"]);
  const { userId } = await signIn({ email: made.email, password: PASSWORD }, { ip: "", userAgent: "" });
  const person = { ...(await signedIn(fresh())), userId };
  assert.equal((await enterTenant(person, "sign-up")).tenant.role, "developer");
  assert.equal(await statusOf(owner, made.id), "accepted");
  const [entry] = await rows(
    "SELECT * FROM audit_entries WHERE action = 'member.join' AND target_id = $1",
    userId,
  );
  assert.equal(entry.after.invitationId, made.id);
  assert.equal(
    (
      await rows(
        "SELECT 1 FROM personal_audit_entries WHERE user_id = $1 AND action = 'person.create'",
        userId,
      )
    ).length,
    1,
  );
});

test("the secret is stored nowhere, nor in the log, and no second answer holds the link", async () => {
  const owner = await tenant("secret");
  const made = await invite(owner);
  const secret = secretOf(made);
  const dump = await rows(
    "SELECT i::text AS i, (SELECT string_agg(a::text, '') FROM audit_entries a) AS a FROM invitations i",
  );
  assert.ok(!JSON.stringify(dump).includes(secret.slice(4)));
  assert.ok(!JSON.stringify(await listInvitations(owner, { limit: 100 })).includes("ghi_"));
});

test("whoever is signed in with the invited address joins, and with another is told so, which uses nothing up", async () => {
  const owner = await tenant("signed-in");
  const made = await invite(owner);
  const other = await signedIn(fresh());
  await assert.rejects(acceptInvitation(other, secretOf(made)), (error) => {
    assert.ok(error instanceof DomainError && error.code === "forbidden");
    assert.match(error.message, new RegExp(`for ${made.email}; you are signed in as ${other.email}`));
    return true;
  });
  const right = await signedIn(made.email);
  const token = {
    type: "token",
    tokenId: right.userId,
    name: "t",
    tenantId: null,
    permissions: null,
  } as const;
  await assert.rejects(acceptInvitation({ ...right, proof: token }, secretOf(made)), refusedAs("forbidden"));
  assert.equal((await acceptInvitation(right, secretOf(made))).already, false);
  assert.equal((await enterTenant(right, "signed-in")).tenant.role, "developer");
});

test("a member keeps the role they have, and the invitation is used up", async () => {
  const owner = await tenant("already");
  const made = await invite(owner, fresh(), "viewer");
  const person = await signedIn(made.email);
  await rows(
    "INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'admin')",
    owner.tenant.id,
    person.userId,
  );
  const accepted = await acceptInvitation(person, secretOf(made));
  assert.deepEqual([accepted.already, accepted.role], [true, "admin"]);
  await assert.rejects(openInvitation(secretOf(made)), dead);
});

test("used, expired, cancelled, void, replaced, malformed and unknown links, and a deleted tenant's, answer alike", async () => {
  const owner = await tenant("dead");
  const admin = await member(owner, "admin");
  const used = await invite(owner);
  await signUp(used);
  const expired = await invite(owner);
  await rows("UPDATE invitations SET expires_at = now() WHERE id = $1", expired.id);
  const cancelled = await invite(owner);
  await cancelInvitation(owner, { id: cancelled.id });
  const replaced = await invite(owner);
  const replacement = await makeInvitationLink(owner, { id: replaced.id, expiresInDays: 1 });
  const voided = await invite(admin);
  await removeMember(owner, { userId: admin.userId, seen: null });
  const gone = await invite(await tenant("dead-tenant"));
  await rows("UPDATE tenants SET deleted_at = now() WHERE slug = 'dead-tenant'");
  const secrets = [...[used, expired, cancelled, replaced, voided, gone].map(secretOf)];
  secrets.push(
    "",
    "x",
    "ghi_",
    `${secretOf(replacement)}x`,
    secretOf(replacement).replace("ghi_", "ghc_"),
    `ghi_${"A".repeat(49)}`,
  );
  const person = await signedIn(fresh());
  const messages = new Set<string>();
  for (const secret of secrets) {
    for (const one of [
      () => openInvitation(secret),
      () => acceptInvitation(person, secret),
      () => signUpAndAccept({ secret, name: "N", password: PASSWORD }, CALLER),
    ]) {
      await assert.rejects(one(), (error) => {
        assert.ok(error instanceof DomainError && error.code === "not_found", secret);
        messages.add(error.message);
        return true;
      });
    }
  }
  assert.equal(messages.size, 1);
  assert.equal((await openInvitation(secretOf(replacement))).email, replaced.email);
});

test("of many who accept one invitation at the same moment one joins, whichever way they take", async () => {
  const owner = await tenant("concurrent");
  const made = await invite(owner);
  const signUps = Array.from({ length: 5 }, (_, n) => signUp(made, `Person ${n}`));
  const done = await Promise.allSettled(signUps);
  assert.equal(done.filter(({ status }) => status === "fulfilled").length, 1);
  for (const one of done) if (one.status === "rejected") assert.ok(dead(one.reason), String(one.reason));
  assert.equal((await rows("SELECT 1 FROM users WHERE email = $1", made.email)).length, 1);

  const again = await invite(owner);
  const person = await signedIn(again.email);
  const accepts = await Promise.allSettled(
    Array.from({ length: 5 }, () => acceptInvitation(person, secretOf(again))),
  );
  assert.equal(accepts.filter(({ status }) => status === "fulfilled").length, 1);
  const joins = await rows(
    "SELECT 1 FROM audit_entries WHERE action = 'member.join' AND target_id = $1",
    person.userId,
  );
  assert.equal(joins.length, 1);
});

test("accepting while it is cancelled, replaced or its inviter removed is one or the other", async () => {
  for (const [index, ending] of [
    (owner: TenantPerson, made: NewInvitation) => cancelInvitation(owner, { id: made.id }),
    (owner: TenantPerson, made: NewInvitation) =>
      makeInvitationLink(owner, { id: made.id, expiresInDays: 1 }),
    (owner: TenantPerson, _: NewInvitation, admin: TenantPerson) =>
      removeMember(owner, { userId: admin.userId, seen: null }),
  ].entries()) {
    const owner = await tenant(`accept-race-${index}`);
    const admin = await member(owner, "admin");
    const made = await invite(admin);
    const person = await signedIn(made.email);
    const [accepted, ended] = await Promise.allSettled([
      acceptInvitation(person, secretOf(made)),
      ending(owner, made, admin),
    ]);
    const isMember = await enterTenant(person, owner.tenant.slug).then(
      () => true,
      () => false,
    );
    assert.equal(isMember, accepted.status === "fulfilled", `race ${index}`);
    if (accepted.status === "rejected") assert.equal(ended.status, "fulfilled");
    else if (index < 2) assert.equal(ended.status, "rejected");
  }
});

test("an account is not taken over: signing up for an address that has one changes nothing of it", async () => {
  const owner = await tenant("take-over");
  const victim = await signedIn(fresh());
  const made = await invite(owner, victim.email);
  const before = await rows("SELECT u::text FROM users u WHERE id = $1", victim.userId);
  await assert.rejects(signUp(made), refusedAs("conflict"));
  assert.deepEqual(await rows("SELECT u::text FROM users u WHERE id = $1", victim.userId), before);
  await assert.rejects(enterTenant(victim, "take-over"), dead);
  // It was not used up by that.
  assert.equal((await acceptInvitation(victim, secretOf(made))).already, false);
});

test("inviting and opening say nothing about whether an address has an account", async () => {
  const owner = await tenant("enumeration");
  const known = await invite(owner, (await signedIn(fresh())).email);
  const unknown = await invite(owner);
  const shape = async (made: NewInvitation) => {
    const { id: _, email: __, link: ___, createdAt: ____, expiresAt: _____, ...rest } = made;
    const { email: ______, expiresAt: _______, ...opened } = await openInvitation(secretOf(made));
    return { rest, opened };
  };
  assert.deepEqual(await shape(known), await shape(unknown));
});

test("an account is verified by a link that came by mail and by no other", async () => {
  const owner = await tenant("verified");
  const verified = async (email: string) =>
    (await rows("SELECT email_verified_at IS NOT NULL AS yes FROM users WHERE email = $1", email))[0]?.yes;
  const shown = await invite(owner);
  await signUp(shown);
  assert.equal(await verified(shown.email), false);
  await withMail(async (mails) => {
    const [made] = await createInvitations(owner, input([fresh()], "viewer", { sendMail: true }));
    assert.ok(made);
    assert.equal(made.mail, "sent");
    const secret = mailedSecret(mails[0]);
    assert.notEqual(secret, secretOf(made), "the one shown is another");
    await signUpAndAccept({ secret, name: "Mailed", password: PASSWORD }, CALLER);
    assert.equal(await verified(made.email), true);
    await assert.rejects(openInvitation(secretOf(made)), dead);
    const [both] = await createInvitations(owner, input([fresh()], "viewer", { sendMail: true }));
    assert.ok(both);
    const person = await signedIn(both.email);
    await acceptInvitation(person, mailedSecret(mails[1]));
    assert.equal(await verified(both.email), true);
  });
});

test("nobody invites above their own role; whoever invites an owner does so in person and confirmed", async () => {
  const owner = await tenant("grant");
  const admin = await member(owner, "admin");
  await assert.rejects(createInvitations(admin, input([fresh()], "owner")), refusedAs("forbidden"));
  for (const role of ["developer", "support", "viewer"] as const) {
    const lower = await member(owner, role);
    await assert.rejects(createInvitations(lower, input([fresh()], "viewer")), refusedAs("forbidden"));
  }
  const stale = { ...owner, proof: sessionProof({ confirmedAt: new Date(0) }) };
  await assert.rejects(
    createInvitations(stale, input([fresh()], "owner")),
    refusedAs("confirmation_required"),
  );
  const made = await invite(owner, fresh(), "owner");
  await assert.rejects(cancelInvitation(admin, { id: made.id }), refusedAs("forbidden"));
  await assert.rejects(makeInvitationLink(admin, { id: made.id, expiresInDays: 1 }), refusedAs("forbidden"));
  assert.equal((await rows("SELECT 1 FROM invitations WHERE tenant_id = $1", owner.tenant.id)).length, 1);
});

test("an invitation is void while its inviter may not give the role, and a new link makes it somebody else's", async () => {
  const owner = await tenant("void");
  const admin = await member(owner, "admin");
  const made = await invite(admin, fresh(), "admin");
  await changeRole(owner, { userId: admin.userId, role: "developer", seen: null });
  assert.equal(await statusOf(owner, made.id), "void");
  assert.equal((await listInvitations(owner, { status: "void", limit: 10 })).data[0]?.invitedBy, admin.email);
  assert.equal((await listInvitations(owner, { status: "pending", limit: 10 })).data.length, 0);
  const renewed = await makeInvitationLink(owner, { id: made.id, expiresInDays: 3 });
  assert.deepEqual([renewed.status, renewed.invitedBy], ["pending", owner.email]);
  await assert.rejects(openInvitation(secretOf(made)), dead);
  await signUp(renewed);
});

test("several are invited or none: members and those invited already are named, and what lapsed is replaced", async () => {
  const owner = await tenant("several");
  const dev = await member(owner, "developer");
  const waiting = await invite(owner);
  const expired = await invite(owner);
  await rows("UPDATE invitations SET expires_at = now() WHERE id = $1", expired.id);
  await assert.rejects(createInvitations(owner, input([fresh(), dev.email, waiting.email])), (error) => {
    assert.ok(error instanceof DomainError && error.code === "conflict");
    assert.deepEqual(
      error.details.map(({ path }) => path),
      ["emails.1", "emails.2"],
    );
    return true;
  });
  assert.equal((await listInvitations(owner, { limit: 10 })).data.length, 2);
  const made = await createInvitations(owner, input([expired.email, fresh(), fresh()]));
  assert.equal(made.length, 3);
  assert.equal(await statusOf(owner, expired.id), "cancelled");
});

test("two who invite the same address at the same moment make one invitation", async () => {
  const owner = await tenant("invite-race");
  const admin = await member(owner, "admin");
  const email = fresh();
  const done = await Promise.allSettled([invite(owner, email), invite(admin, email)]);
  assert.equal(done.filter(({ status }) => status === "fulfilled").length, 1);
  for (const one of done) if (one.status === "rejected") assert.ok(refusedAs("conflict")(one.reason));
});

test("hostile addresses are refused before anything happens", () => {
  for (const email of [
    "",
    "x",
    "а@corp.example",
    "\u212a@corp.example",
    "a@corp.example\r\nBcc: b@c.example",
    "a".repeat(1_000_000),
  ]) {
    const parsed = newInvitationsSchema.safeParse({ emails: [email], role: "viewer" });
    assert.equal(parsed.success, false, email.slice(0, 20));
  }
  const twice = newInvitationsSchema.safeParse({
    emails: ["a@corp.example", "A@corp.example"],
    role: "viewer",
  });
  assert.equal(twice.success, false);
});

test("without a mail server the answer says that no mail went out; a server that fails is told of too", async () => {
  const owner = await tenant("no-mail");
  const [none] = await createInvitations(owner, input([fresh()], "viewer", { sendMail: true }));
  assert.equal(none?.mail, "none");
  await assert.rejects(
    resendInvitation(owner, { id: none?.id ?? "", expiresInDays: 7 }),
    refusedAs("conflict"),
  );
  process.env.SMTP_URL = "smtp://127.0.0.1:1";
  try {
    const [failed] = await createInvitations(owner, input([fresh()], "viewer", { sendMail: true }));
    assert.equal(failed?.mail, "failed");
    assert.equal((await listInvitations(owner, { q: failed?.email, limit: 1 })).data[0]?.mail, "failed");
    assert.equal((await openInvitation(secretOf(failed as NewInvitation))).role, "viewer");
  } finally {
    delete process.env.SMTP_URL;
  }
});

test("a mail that is sent again brings another link, and the ones before are dead", async () => {
  const owner = await tenant("resend");
  await withMail(async (mails) => {
    const [made] = await createInvitations(owner, input([fresh()], "viewer", { sendMail: true }));
    assert.ok(made);
    const sent = await resendInvitation(owner, { id: made.id, expiresInDays: 7 });
    assert.equal(sent.mail, "sent");
    assert.ok(!JSON.stringify(sent).includes("ghi_"));
    for (const old of [secretOf(made), mailedSecret(mails[0])])
      await assert.rejects(openInvitation(old), dead);
    assert.equal((await openInvitation(mailedSecret(mails[1]))).email, made.email);
  });
});

test("mails to one address, from one tenant and of one person are bounded, and what is not mailed says so", async () => {
  await withMail(async (mails) => {
    const email = fresh();
    for (let n = 0; n < MAIL_LIMITS.address.most; n++) {
      await createInvitations(await tenant(`flood-${n}`), input([email], "viewer", { sendMail: true }));
    }
    const last = await tenant("flood-last");
    const [limited] = await createInvitations(last, input([email], "viewer", { sendMail: true }));
    assert.equal(limited?.mail, "limited");
    assert.equal(mails.length, MAIL_LIMITS.address.most);
    await assert.rejects(
      resendInvitation(last, { id: limited?.id ?? "", expiresInDays: 7 }),
      refusedAs("too_many_requests"),
    );
    assert.equal((await openInvitation(secretOf(limited as NewInvitation))).email, email);

    await rows(
      "UPDATE invitation_budgets SET used = $1 WHERE subject LIKE 'tenant:%'",
      MAIL_LIMITS.tenant.most,
    );
    const [again] = await createInvitations(last, input([fresh()], "viewer", { sendMail: true }));
    assert.equal(again?.mail, "limited");
    await rows("UPDATE invitation_budgets SET since = since - interval '1 hour 1 second'");
    const [after] = await createInvitations(last, input([fresh()], "viewer", { sendMail: true }));
    assert.equal(after?.mail, "sent");
  });
});

test("so many wait at a time and no more", async () => {
  const owner = await tenant("many-pending");
  await rows(
    `INSERT INTO invitations (id, tenant_id, email, role, secret_hash, invited_by, invited_by_label, expires_at)
     SELECT gen_random_uuid(), $1, 'w' || i || '@corp.example', 'viewer', sha256(('w' || i)::bytea), $2, 'x', now() + interval '1 day'
     FROM generate_series(1, $3) i`,
    owner.tenant.id,
    owner.userId,
    MOST_PENDING - 1,
  );
  await invite(owner);
  await assert.rejects(invite(owner), refusedAs("conflict"));
});

test("a list in every status holds exactly what has it", async () => {
  const owner = await tenant("statuses");
  const admin = await member(owner, "admin");
  for (let n = 0; n < 3; n++) await invite(owner);
  await signUp(await invite(owner));
  await cancelInvitation(owner, { id: (await invite(owner)).id });
  await rows("UPDATE invitations SET expires_at = now() WHERE id = $1", (await invite(owner)).id);
  await invite(admin);
  await removeMember(owner, { userId: admin.userId, seen: null });
  const all = (await listInvitations(owner, { limit: 100 })).data;
  for (const status of ["pending", "accepted", "expired", "cancelled", "void"] as const) {
    const found = (await listInvitations(owner, { status, limit: 100 })).data;
    assert.deepEqual(
      found,
      all.filter((one) => one.status === status),
    );
    assert.ok(found.length > 0, status);
  }
  await assert.rejects(
    listInvitations(await member(owner, "developer"), { limit: 1 }),
    refusedAs("forbidden"),
  );
});

test("another tenant's invitation is not there", async () => {
  const owner = await tenant("inv-mine");
  const theirs = await invite(await tenant("inv-theirs"));
  for (const one of [
    () => cancelInvitation(owner, { id: theirs.id }),
    () => makeInvitationLink(owner, { id: theirs.id, expiresInDays: 1 }),
  ])
    await assert.rejects(one(), dead);
});

test("a weak password makes no account and leaves the invitation as it is", async () => {
  const owner = await tenant("weak");
  const made = await invite(owner);
  const weak = { secret: secretOf(made), name: "N", password: "password1234" };
  await assert.rejects(signUpAndAccept(weak, CALLER), refusedAs("invalid_input"));
  assert.equal((await rows("SELECT 1 FROM users WHERE email = $1", made.email)).length, 0);
  await signUp(made);
});
