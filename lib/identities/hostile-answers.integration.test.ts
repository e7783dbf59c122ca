import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { authenticate } from "#lib/access/authenticate.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { createUser } from "#lib/sign-in/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { lyingProvider, unsigned } from "#tests/harness/lying-provider.ts";
import { providerBrowser } from "#tests/harness/provider-browser.ts";

let plane: ControlPlane;
let provider: Awaited<ReturnType<typeof lyingProvider>>;
before(async () => {
  plane = await controlPlane();
  provider = await lyingProvider();
  for (const name of Object.keys(process.env)) if (name.startsWith("OIDC_")) delete process.env[name];
  Object.assign(process.env, {
    OIDC_PROVIDERS: "corp",
    OIDC_CORP_ISSUER: provider.issuer,
    OIDC_CORP_CLIENT_ID: "gatehouse",
    OIDC_CORP_CLIENT_SECRET: "hunter2-the-client-secret",
    OIDC_CORP_TRUST_EMAIL: "1",
    OIDC_CORP_SIGN_UP: "anybody",
    OIDC_CORP_CLIENT_AUTH: "client_secret_post",
  });
  const id = await createUser({ email: "member@corp.example", name: "Member", password: "a good password" });
  await database().user.update({ where: { id }, data: { emailVerifiedAt: new Date() } });
});
after(async () => {
  await provider?.close();
  await plane.close();
});

type Lie = (typeof provider)["state"]["lie"];
const verified = { email: "member@corp.example", email_verified: true };

/** One visit in which the provider lies; gives what the person is told, and who is signed in afterwards. */
async function visit(lie: Lie, answer: Record<string, string> = {}) {
  provider.state.lie = lie;
  const browser = providerBrowser();
  const there = await browser.begin("corp");
  const begun = there.searchParams.get("problem");
  if (begun) return { problem: begun, who: null };
  provider.state.nonce = there.searchParams.get("nonce") ?? "";
  const back = new URL(there.searchParams.get("redirect_uri") ?? "");
  back.search = new URLSearchParams({
    code: "a code",
    state: there.searchParams.get("state") ?? "",
    ...answer,
  }).toString();
  const end = await browser.arrive(back);
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const actor = await authenticate(new Headers({ cookie }), uuidv7());
  return { problem: end.searchParams.get("problem"), who: actor?.email ?? null, there, end };
}

const now = () => Math.floor(Date.now() / 1_000);

test("a visit asks with PKCE, state and nonce, and an honest answer signs in", async () => {
  const { problem, who, there } = await visit({ claims: verified });
  assert.deepEqual({ problem, who }, { problem: null, who: "member@corp.example" });
  assert.equal(there?.searchParams.get("code_challenge_method"), "S256");
  assert.equal(there?.searchParams.get("redirect_uri"), "http://127.0.0.1:3000/api/auth/callback/corp");
  for (const name of ["state", "nonce", "code_challenge"]) {
    assert.ok((there?.searchParams.get(name) ?? "").length >= 43, name);
  }
  const sent = provider.state.received.at(-1);
  assert.ok(sent?.get("code_verifier"));
  assert.equal(sent?.get("client_secret"), "hunter2-the-client-secret");
});

const lies: Record<string, () => Lie> = {
  "is not signed": () => ({ claims: verified, token: unsigned }),
  "is signed with a key that is not the provider's": () => ({ claims: verified, token: provider.forge }),
  "is signed with the client's secret": () => ({
    claims: verified,
    token: (claims) => `${unsigned(claims).replace(/^[^.]+/, "eyJhbGciOiJIUzI1NiJ9")}c2lnbmF0dXJl`,
  }),
  "is for another client": () => ({ claims: { ...verified, aud: "another" } }),
  "is for several clients without saying for whom": () => ({
    claims: { ...verified, aud: ["gatehouse", "another"] },
  }),
  "is of another issuer": () => ({ claims: { ...verified, iss: "https://login.other.example" } }),
  "is of another visit": () => ({ claims: { ...verified, nonce: "n".repeat(43) } }),
  "is of no visit": () => ({ claims: { ...verified, nonce: undefined } }),
  "has expired": () => ({ claims: { ...verified, iat: now() - 900, exp: now() - 600 } }),
  "has no subject": () => ({ claims: { ...verified, sub: undefined } }),
  "has an empty subject": () => ({ claims: { ...verified, sub: "" } }),
  "has a subject that cannot be kept": () => ({ claims: { ...verified, sub: "x".repeat(256) } }),
  "has a subject with a NUL": () => ({ claims: { ...verified, sub: "a\u0000b" } }),
  "has a number for a subject": () => ({ claims: { ...verified, sub: 7 } }),
  "is not one": () => ({ token: () => "no token at all" }),
  "is missing": () => ({ error: { status: 200, body: '{"access_token":"a","token_type":"Bearer"}' } }),
  "comes with userinfo of somebody else": () => ({ userinfo: { ...verified, sub: "the member" } }),
};
for (const [what, lie] of Object.entries(lies)) {
  test(`nobody is signed in when the id_token ${what}`, async () => {
    const { problem, who } = await visit(lie());
    assert.deepEqual({ problem, who }, { problem: "invalid_answer", who: null });
  });
}

test("another issuer in discovery, or in the answer, gets neither the code nor the secret", async () => {
  const before = provider.state.received.length;
  const elsewhere = await visit({ claims: verified, discovery: { issuer: "https://login.other.example" } });
  assert.equal(elsewhere.problem, "invalid_answer");
  const mixedUp = await visit({ claims: verified }, { iss: "https://login.other.example" });
  assert.equal(mixedUp.problem, "invalid_answer");
  assert.equal(provider.state.received.length, before);
});

test("an unverified address claims no member's account, in whichever way it is told", async () => {
  for (const email_verified of [false, undefined, null, "false", 1, "yes"]) {
    const { problem, who } = await visit({
      claims: { sub: "mallory-2", email: "member@corp.example", email_verified },
    });
    assert.deepEqual({ problem, who }, { problem: "no_account", who: null }, String(email_verified));
  }
});

test("an address that only looks like a member's is another address, and one that is none makes no account", async () => {
  for (const email of [
    "mеmber@corp.example", // a Cyrillic е
    "member@corp.example\r\nBcc: x@y.example",
    "member@corp.example,mallory@corp.example",
    "Member <member@corp.example>",
    "member@corp.example@evil",
    "a".repeat(300),
  ]) {
    const { problem, who } = await visit({ claims: { sub: "mallory-3", email, email_verified: true } });
    assert.deepEqual({ problem, who }, { problem: "no_account", who: null }, email);
  }
});

test("a name that could do harm becomes one that cannot", async () => {
  const email = "named@corp.example";
  const name = `<script>\u0000\u202e${"x".repeat(10_000)}`;
  const { problem } = await visit({ claims: { sub: "named", email, email_verified: true, name } });
  assert.equal(problem, null);
  const user = await database().user.findUniqueOrThrow({ where: { email } });
  assert.ok(user.name.length <= 120 && !/[\p{Cc}\p{Cf}]/u.test(user.name), user.name);
});

test("what the provider answers instead of tokens is told in words of ours, and logged without its own", async () => {
  const complaint = "<img src=x onerror=alert(1)> hunter2";
  const logged: string[] = [];
  const { error } = console;
  console.error = (line: string) => logged.push(line);
  try {
    const body = JSON.stringify({ error: "invalid_client", error_description: complaint });
    const refused = await visit({ error: { status: 401, body } });
    assert.equal(refused.problem, "provider_error");
    assert.doesNotMatch(refused.end?.href ?? "", /hunter2|img/);
    assert.equal((await visit({ error: { status: 500, body: complaint } })).problem, "unreachable");
    const cancelled = await visit({}, { error: "server_error", error_description: complaint });
    assert.equal(cancelled.problem, "provider_error");
  } finally {
    console.error = error;
  }
  assert.equal(logged.length, 3);
  assert.doesNotMatch(logged.join(), /hunter2|img|eyJ|a code/);
});

test("over TLS every cookie of a visit is this host's alone, and out of scripts' reach", async () => {
  process.env.CONSOLE_URL = "https://gate.example";
  try {
    const request = { method: "POST", body: "csrfToken=x", origin: "https://gate.example" };
    const begun = await providerBrowser().request("/api/auth/signin/corp", request);
    const back = await providerBrowser().request("/api/auth/callback/corp?code=a&state=b");
    assert.match(back.headers.get("location") ?? "", /^https:\/\/gate\.example\/sign-in\/provider/);
    const lines = [...begun.headers.getSetCookie(), ...back.headers.getSetCookie()];
    assert.equal(lines.length, 8);
    for (const line of lines) assert.match(line, /^__Host-[^;]+; Path=\/; HttpOnly; SameSite=Lax; .*Secure$/);
  } finally {
    process.env.CONSOLE_URL = "http://127.0.0.1:3000";
  }
});

test("nothing of all this is in the database: no token, no code, no secret of the provider", async () => {
  await withClient(plane.database.superuserUrl, async (client) => {
    for (const table of ["users", "user_identities", "sessions", "personal_audit_entries"]) {
      const { rows } = await client.query(`SELECT to_jsonb(t)::text AS row FROM ${table} t`);
      const all = rows.map(({ row }) => row).join();
      assert.doesNotMatch(all, /eyJ|an access token of the provider|hunter2/, table);
    }
  });
});
