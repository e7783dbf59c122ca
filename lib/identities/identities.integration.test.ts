import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { PersonActor } from "#lib/access/actor.ts";
import { authenticate } from "#lib/access/authenticate.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { createUser } from "#lib/sign-in/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { type StartedIdentityProvider, startIdentityProvider } from "#tests/harness/identity-provider.ts";
import { providerBrowser } from "#tests/harness/provider-browser.ts";
import { prepareErrand, unlinkIdentity } from "./commands.ts";
import { listMyProviders } from "./queries.ts";

let plane: ControlPlane;
let provider: StartedIdentityProvider;
before(async () => {
  plane = await controlPlane();
  provider = await startIdentityProvider();
  set({});
});
after(async () => {
  await provider?.stop();
  await plane.close();
});

/** The provider's settings, and what a test wants otherwise. */
function set(differently: Record<string, string>): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("OIDC_")) delete process.env[name];
  Object.assign(process.env, provider.environment, differently);
}

const problemOf = (url: URL) => url.searchParams.get("problem");
type Browser = ReturnType<typeof providerBrowser>;

/** Who is signed in in this browser. */
async function whoIn(browser: Browser): Promise<PersonActor | null> {
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return (await authenticate(new Headers({ cookie }), uuidv7())) as PersonActor | null;
}

async function account(email: string, differently: Record<string, unknown> = {}): Promise<string> {
  const id = await createUser({ email, name: "Somebody", password: "a password of the tests" });
  await database().user.update({ where: { id }, data: { emailVerifiedAt: new Date(), ...differently } });
  return id;
}

/** Somebody who has signed in through the provider, by an address that both sides have proven. */
async function signedIn(name: string, differently: Record<string, unknown> = {}) {
  const id = await account(`${name}@corp.example`, differently);
  const browser = providerBrowser();
  const end = await browser.visit("corp", name);
  assert.equal(problemOf(end), null, end.href);
  return { id, browser, actor: (await whoIn(browser)) as PersonActor };
}

const sessionOf = (actor: PersonActor) =>
  database().session.findUniqueOrThrow({
    where: { id: actor.proof.type === "session" ? actor.proof.sessionId : "" },
  });
const people = (email: string) => database().user.findMany({ where: { email } });
const asSuperuser = <T>(sql: string, values: unknown[] = []) =>
  withClient(plane.database.superuserUrl, async (client) => (await client.query(sql, values)).rows as T[]);

test("an address that both sides have proven links the account at the first visit; from then on the subject counts", async () => {
  const { id, browser, actor } = await signedIn("ada");
  assert.equal(actor.userId, id);
  assert.deepEqual(
    { ...actor.proof, sessionId: "", confirmedAt: null },
    {
      type: "session",
      sessionId: "",
      method: "oidc",
      provider: "corp",
      secondFactor: null,
      confirmedAt: null,
    },
  );
  await provider.account("ada", { email: "somebody-else@corp.example" });
  const again = providerBrowser();
  await again.visit("corp", "ada");
  assert.equal((await whoIn(again))?.userId, id);
  const rows = await asSuperuser<Record<string, unknown>>(
    "SELECT * FROM user_identities WHERE user_id = $1",
    [id],
  );
  assert.equal(rows.length, 1);
  assert.doesNotMatch(JSON.stringify(rows), /eyJ/, "no token of the provider is kept");
  assert.equal(browser.jar.has("gatehouse.errand"), false);
  assert.equal(browser.jar.has("next-auth.state"), false);
});

test("one is led to where one wanted to go in the console, and nowhere else", async () => {
  await account("walker@corp.example");
  for (const [wanted, reached] of [
    ["/t/acme/routes?q=a", "http://127.0.0.1:3000/t/acme/routes?q=a"],
    ["https://evil.example/", "http://127.0.0.1:3000/"],
    ["//evil.example", "http://127.0.0.1:3000/"],
    ["/\\evil.example", "http://127.0.0.1:3000/"],
    ["javascript:alert(1)", "http://127.0.0.1:3000/"],
  ] as const) {
    const browser = providerBrowser();
    const end = await browser.visit("corp", "walker", { callbackUrl: wanted });
    assert.equal(end.href, reached);
  }
});

test("an account whose address is not proven is never linked by it, and neither is by an unverified claim", async () => {
  const id = await account("victim@corp.example", { emailVerifiedAt: null });
  const browser = providerBrowser();
  assert.equal(problemOf(await browser.visit("corp", "victim")), "no_account");
  await account("member@corp.example");
  await provider.account("mallory", { email: "member@corp.example", email_verified: false });
  assert.equal(problemOf(await browser.visit("corp", "mallory")), "no_account");
  assert.equal(await whoIn(browser), null);
  const rows = await asSuperuser("SELECT 1 FROM user_identities WHERE user_id = $1", [id]);
  assert.equal(rows.length, 0);
});

test("the word of a provider that is not trusted with addresses counts for nothing", async () => {
  await account("trusting@corp.example");
  set({ OIDC_CORP_TRUST_EMAIL: "0" });
  const browser = providerBrowser();
  assert.equal(problemOf(await browser.visit("corp", "trusting")), "no_account");
  set({});
});

test("an account is made for nobody, for people who are invited, or for everybody, as the settings say", async () => {
  const { actor } = await plane.tenant("inviting");
  await asSuperuser(
    `INSERT INTO invitations (id, tenant_id, email, role, secret_hash, invited_by_label, expires_at)
     VALUES ($1, $2, 'invited@corp.example', 'viewer', $3, 'x', now() + interval '1 day')`,
    [uuidv7(), actor.tenant.id, Buffer.alloc(32, 7)],
  );
  const visit = async (name: string, signUp: string) => {
    set({ OIDC_CORP_SIGN_UP: signUp });
    const browser = providerBrowser();
    const end = await browser.visit("corp", name);
    set({});
    return { problem: problemOf(end), person: await whoIn(browser) };
  };
  assert.equal((await visit("invited", "nobody")).problem, "no_account");
  assert.equal((await visit("stranger", "invited")).problem, "no_account");
  const invited = await visit("invited", "invited");
  assert.equal(invited.person?.email, "invited@corp.example");
  assert.equal((await visit("newcomer", "anybody")).person?.name, "newcomer");
  const [made] = await people("invited@corp.example");
  assert.ok(made?.emailVerifiedAt);
  assert.equal(made.passwordHash, null);
});

test("two first visits at the same moment make one account", async () => {
  set({ OIDC_CORP_SIGN_UP: "anybody" });
  const browsers = [providerBrowser(), providerBrowser(), providerBrowser()];
  const ends = await Promise.all(browsers.map((browser) => browser.visit("corp", "twin")));
  set({});
  assert.deepEqual(ends.map(problemOf), [null, null, null]);
  assert.equal((await people("twin@corp.example")).length, 1);
});

test("only addresses of the named domains come in, also with an identity that was linked before", async () => {
  const { browser } = await signedIn("domain");
  await provider.account("domain", { email: "domain@elsewhere.example" });
  set({ OIDC_CORP_EMAIL_DOMAINS: "corp.example" });
  const other = providerBrowser();
  assert.equal(problemOf(await other.visit("corp", "domain")), "email_domain");
  set({});
  assert.ok(await whoIn(browser), "a session that is open goes on");
});

test("a disabled account is refused", async () => {
  const { id, browser } = await signedIn("disabled");
  await database().user.update({ where: { id }, data: { disabledAt: new Date() } });
  assert.equal(await whoIn(browser), null);
  assert.equal(problemOf(await providerBrowser().visit("corp", "disabled")), "disabled");
});

test("a second factor of one's own is due, unless the provider vouches for one in the way that counts", async () => {
  const { id } = await signedIn("factor");
  await database().user.update({ where: { id }, data: { hasSecondFactor: true } });
  const browser = providerBrowser();
  await browser.visit("corp", "factor");
  assert.equal(await whoIn(browser), null, "until it is given, the session is nobody's");
  const strong = providerBrowser();
  await strong.visit("corp", "factor", { mfa: true });
  const actor = await whoIn(strong);
  assert.equal(actor?.proof.type === "session" && actor.proof.secondFactor, "provider");
});

test("somebody who is signed in adds a provider on purpose, after proving that it is them", async () => {
  const { actor, browser } = await signedIn("linker");
  const { ticket } = await prepareErrand(actor, { provider: "corp", purpose: "link" });
  browser.elsewhere.clear();
  const end = await browser.visit("corp", "linker-at-home", { errand: ticket });
  assert.equal(end.pathname + end.search, "/account?added=corp");
  assert.equal((await listMyProviders(actor)).identities.length, 2);
  const twice = await browser.visit("corp", "linker-at-home", { errand: ticket });
  assert.equal(problemOf(twice), null);
  assert.equal((await listMyProviders(actor)).identities.length, 2, "the same one is not added again");
  const late = { ...actor, proof: { ...actor.proof, confirmedAt: new Date(0) } } as PersonActor;
  await assert.rejects(prepareErrand(late, { provider: "corp", purpose: "link" }), {
    code: "confirmation_required",
  });
  await assert.rejects(prepareErrand(actor, { provider: "nope", purpose: "link" }), {
    code: "invalid_input",
  });
});

test("leave to add a provider is good in the session it was given to, and in no other", async () => {
  const victim = await signedIn("leave-victim");
  const mallory = await signedIn("leave-mallory");
  const { ticket } = await prepareErrand(mallory.actor, { provider: "corp", purpose: "link" });
  assert.equal(problemOf(await victim.browser.begin("corp", { errand: ticket })), "expired");
  assert.equal(problemOf(await providerBrowser().begin("corp", { errand: ticket })), "signed_out");
  assert.equal(problemOf(await victim.browser.begin("corp", { errand: "rubbish" })), "expired");
});

test("an identity that is somebody else's cannot be added", async () => {
  await signedIn("theirs");
  const { actor, browser } = await signedIn("greedy");
  const { ticket } = await prepareErrand(actor, { provider: "corp", purpose: "link" });
  browser.elsewhere.clear();
  assert.equal(problemOf(await browser.visit("corp", "theirs", { errand: ticket })), "linked_elsewhere");
});

test("somebody who is signed in signs in again as the same person, in a new session that ends the old one", async () => {
  const { actor, browser } = await signedIn("again");
  browser.elsewhere.clear();
  await browser.visit("corp", "again", { mfa: true });
  const now = (await whoIn(browser)) as PersonActor;
  assert.notEqual((await sessionOf(now)).id, (await sessionOf(actor)).id);
  assert.ok((await sessionOf(actor)).revokedAt);
  await account("somebody@corp.example");
  browser.elsewhere.clear();
  assert.equal(problemOf(await browser.visit("corp", "somebody")), "other_account");
  assert.equal((await whoIn(browser))?.userId, actor.userId);
});

test("the provider confirms that it is the person, when it asks them again, and for themselves only", async () => {
  const { actor, browser } = await signedIn("confirming");
  const { id } = await sessionOf(actor);
  await database().session.update({ where: { id }, data: { confirmedAt: new Date(0) } });
  const confirm = async (name: string) => {
    const { ticket } = await prepareErrand(actor, { provider: "corp", purpose: "confirm" });
    const there = await browser.begin("corp", { errand: ticket });
    assert.equal(there.searchParams.get("prompt"), "login");
    assert.equal(there.searchParams.get("max_age"), "0");
    browser.elsewhere.clear();
    return browser.arrive(await browser.atProvider(there, { do: "login", account: name }));
  };
  assert.equal(problemOf(await confirm("confirming-other")), "not_linked");
  assert.equal((await sessionOf(actor)).confirmedAt.getTime(), 0);
  const end = await confirm("confirming");
  assert.equal(end.pathname, "/sign-in/confirmed");
  assert.ok(Date.now() - (await sessionOf(actor)).confirmedAt.getTime() < 60_000);
});

test("a visit that was cancelled, used before, of another browser, without state or with another's ends calmly", async () => {
  await account("careful@corp.example");
  const browser = providerBrowser();
  const there = await browser.begin("corp");
  const refused = await browser.arrive(await browser.atProvider(there, { do: "refuse" }));
  assert.equal(problemOf(refused), "cancelled");
  assert.doesNotMatch(refused.href, /person said no/);

  const back = await browser.atProvider(await browser.begin("corp"), { do: "login", account: "careful" });
  assert.equal(problemOf(await providerBrowser().arrive(back)), "expired", "another browser");
  const jar = new Map(browser.jar);
  const withoutState = new URL(back);
  withoutState.searchParams.delete("state");
  assert.equal(problemOf(await providerBrowser(new Map(jar)).arrive(withoutState)), "expired");
  const otherState = new URL(back);
  otherState.searchParams.set("state", "x".repeat(43));
  assert.equal(problemOf(await providerBrowser(new Map(jar)).arrive(otherState)), "expired");
  const bare = new URL(back);
  bare.search = "";
  assert.equal(problemOf(await providerBrowser(new Map(jar)).arrive(bare)), "expired");

  assert.equal(problemOf(await browser.arrive(back)), null);
  assert.equal(problemOf(await browser.arrive(back)), "expired", "the browser has forgotten it");
  const replayed = providerBrowser(jar);
  assert.equal(problemOf(await replayed.arrive(back)), "expired", "the provider takes a code once");
  assert.equal(await whoIn(replayed), null);
});

test("a form from another site, without its token, or with things to hand on begins nothing", async () => {
  const browser = providerBrowser();
  const url = "/api/auth/signin/corp";
  const foreign = await browser.request(url, { method: "POST", body: "", origin: "https://evil.example" });
  assert.equal(foreign.status, 403);
  const none = await browser.request(url, { method: "POST", body: "", origin: null });
  assert.equal(none.status, 403);
  const untold = await browser.request(url, { method: "POST", body: "csrfToken=guess" });
  assert.equal(problemOf(new URL((await untold.json()).url)), "expired");
  const handedOn = await browser.request(`${url}?redirect_uri=https://evil.example`, {
    method: "POST",
    body: "",
  });
  assert.equal(handedOn.status, 400);
  const posted = await browser.request("/api/auth/callback/corp", { method: "POST", body: "code=a&state=b" });
  assert.equal(problemOf(new URL(posted.headers.get("location") ?? "")), "invalid_answer");
});

test("a provider that cannot be reached is said to be so, at once", async () => {
  set({ OIDC_CORP_ISSUER: "http://127.0.0.1:9" });
  assert.equal(problemOf(await providerBrowser().begin("corp")), "unreachable");
  set({});
});

test("the last way in stays; with another one it goes, and nobody signs in with it any more", async () => {
  const { id, actor } = await signedIn("leaver");
  const [identity] = (await listMyProviders(actor)).identities;
  assert.ok(identity);
  assert.equal(identity.whyNotRemove, null);
  await database().user.update({ where: { id }, data: { passwordHash: null } });
  assert.match((await listMyProviders(actor)).identities[0]?.whyNotRemove ?? "", /only way in/);
  await assert.rejects(unlinkIdentity(actor, { id: identity.id }), { code: "conflict" });
  await database().user.update({ where: { id }, data: { passwordHash: "x", emailVerifiedAt: null } });
  const stranger = await signedIn("leaver-stranger");
  await assert.rejects(unlinkIdentity(stranger.actor, { id: identity.id }), { code: "not_found" });
  await unlinkIdentity(actor, { id: identity.id });
  assert.equal(problemOf(await providerBrowser().visit("corp", "leaver")), "no_account");
  const log = await asSuperuser<{ action: string }>(
    "SELECT action FROM personal_audit_entries WHERE user_id = $1 ORDER BY at, id",
    [id],
  );
  assert.deepEqual(
    log.map(({ action }) => action),
    ["identity.link", "session.start", "identity.unlink"],
  );
});

test("of identities the console's role sees the person's own, and the one that was presented", async () => {
  await signedIn("private");
  await withClient(plane.database.consoleUrl, async (client) => {
    assert.equal((await client.query("SELECT 1 FROM user_identities")).rowCount, 0);
    const { rows } = await client.query("SELECT address_is_invited('nobody@corp.example') AS invited");
    assert.equal(rows[0].invited, false);
  });
});
