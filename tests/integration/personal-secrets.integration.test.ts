import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { allDone } from "#lib/command/afterwards.ts";
import { NEXT_PASSWORD, newPerson, PASSWORD, postOffice, secretIn } from "#tests/harness/account.ts";
import { appCode } from "#tests/harness/authenticator-app.ts";
import { browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";

let plane: ControlPlane;
let post: Awaited<ReturnType<typeof postOffice>>;
/** What was logged, whichever way. */
let log = "";
const WAYS = ["log", "info", "warn", "error", "debug"] as const;
const real = WAYS.map((way) => console[way]);

before(async () => {
  plane = await controlPlane();
  post = await postOffice();
  const note = (...parts: unknown[]) => {
    log += `${parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ")}\n`;
  };
  for (const way of WAYS) console[way] = note;
});
after(async () => {
  for (const [at, way] of WAYS.entries()) console[way] = real[at] as typeof console.log;
  await post?.close();
  await plane?.close();
});

/** Every row of every table, as text. */
async function everything(): Promise<Map<string, string>> {
  return withClient(plane.database.superuserUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')",
    );
    const places = new Map<string, string>();
    for (const { name } of rows) {
      const kept = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      places.set(name, kept.rows.map(({ text }) => text).join("\n"));
    }
    return places;
  });
}

type Made = Record<string, unknown>;
const made = (answer: { status: number; data: unknown; error: unknown }, status = 201): Made => {
  assert.equal(answer.status, status, JSON.stringify(answer.error));
  return answer.data as Made;
};

test("links, codes, tokens and secrets of people are in the answer or the mail that brings them, and in no log and no table", async () => {
  const owner = await newPerson();
  const at = owner.browser;
  const slug = "secretive";
  made(await at.send("POST", "/tenants", { slug, name: slug }));
  const tenant = `/tenants/${slug}`;
  const secrets = new Map<string, string>([
    ["the password", PASSWORD],
    ["the next password", NEXT_PASSWORD],
    ["the session's cookie", [...at.cookies.values()][0] as string],
  ]);

  const invited = "invited@people.example";
  const invitation = made(
    await at.send("POST", `${tenant}/invitations`, { emails: [invited], role: "viewer" }),
  );
  const link = /#([A-Za-z0-9_-]{20,})/.exec(JSON.stringify(invitation))?.[1] ?? "";
  assert.ok(link, "the invitation's answer holds its link");
  secrets.set("an invitation's link", link);
  const [mail = ""] = await post.take(invited);
  const mailed = /#([A-Za-z0-9_-]{20,})/.exec(mail)?.[1];
  if (mailed) secrets.set("an invitation's mailed link", mailed);
  const stranger = browser("192.0.2.77");
  await stranger.send("POST", "/join/open", { secret: link });
  await stranger.send("POST", "/join/open", { secret: `${link}x` });
  await stranger.send("POST", "/join/open", { secret: link, extra: 1 });

  const token = made(await at.send("POST", "/me/tokens", { name: "t", expiresInDays: 1 }));
  secrets.set("a personal token", String(token.token));
  const service = made(
    await at.send("POST", `${tenant}/service-tokens`, {
      name: "s",
      expiresInDays: 1,
      permissions: ["tenant.read"],
    }),
  );
  secrets.set("a service token", String(service.token));
  const hook = made(
    await at.send("POST", `${tenant}/webhooks`, {
      kind: "signed",
      url: "https://hooks.example/x",
      events: ["job.dead"],
    }),
  );
  secrets.set("a webhook's secret", String(hook.secret));
  const issuerSecret = "shared-secret-of-an-issuer-0123456789";
  made(
    await at.send("POST", `${tenant}/issuers`, {
      name: "i",
      iss: "https://i.example",
      audiences: ["a"],
      kind: "secret",
      secret: issuerSecret,
      algorithms: ["HS256"],
    }),
  );
  secrets.set("an issuer's secret", issuerSecret);

  const app = made(await at.send("POST", "/me/second-factors/totp"));
  const appSecret = /[A-Z2-7]{20,}/.exec(JSON.stringify(app))?.[0] ?? "";
  assert.ok(appSecret, "the app's secret is in the answer");
  secrets.set("an authenticator app's secret", appSecret);
  await at.send("POST", "/me/second-factors/totp/confirm", { code: "000000" });
  const enrolled = made(
    await at.send("POST", "/me/second-factors/totp/confirm", { code: appCode(appSecret) }),
    200,
  );
  const codes = enrolled.recoveryCodes as string[];
  assert.ok(codes.length > 5);
  for (const [number, code] of codes.entries()) {
    secrets.set(`recovery code ${number}`, code);
    secrets.set(`recovery code ${number} as it is typed`, code.replaceAll(/[^a-z0-9]/gi, ""));
  }

  await stranger.send("POST", "/password-resets", { email: owner.email });
  const [reset = ""] = (await post.take(owner.email)).filter((text) => text.includes("#ghl_"));
  const resetSecret = secretIn(reset);
  secrets.set("a link to a new password", resetSecret);
  await stranger.send("POST", "/password-resets/open", { secret: resetSecret });
  await stranger.send("POST", "/password-resets/use", { secret: `${resetSecret}x`, password: NEXT_PASSWORD });
  await stranger.send("POST", "/password-resets/use", { secret: resetSecret, password: "short" });
  await stranger.send("POST", "/password-resets/use", { secret: resetSecret, password: NEXT_PASSWORD });
  await allDone();

  const places = await everything();
  places.set("the log", log);
  for (const path of [
    "/me",
    "/me/tokens",
    "/me/sessions",
    "/me/activity",
    "/me/second-factors",
    `${tenant}/invitations`,
    `${tenant}/service-tokens`,
    `${tenant}/webhooks`,
    `${tenant}/issuers`,
    `${tenant}/audit`,
  ]) {
    places.set(path, JSON.stringify((await at.send("GET", path)).data ?? null));
  }
  for (const [what, secret] of secrets) {
    assert.ok(secret.length >= 8, what);
    // The first and last characters of keys are shown on purpose; of what is short, all of it is looked for.
    const looked = secret.length > 24 ? secret.slice(8, 40) : secret;
    const forms = [looked, Buffer.from(looked).toString("hex"), encodeURIComponent(looked)];
    for (const [place, text] of places) {
      for (const form of forms) assert.equal(text.includes(form), false, `${what} is in ${place}`);
    }
  }
  assert.ok(places.get("public.personal_audit_entries")?.includes(owner.userId), "the tables were looked at");
});
