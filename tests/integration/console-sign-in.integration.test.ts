import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { createUser } from "#lib/sign-in/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { type StartedProcess, startConsole } from "#tests/harness/processes.ts";

const PASSWORD = "correct horse battery staple";

let plane: ControlPlane;
let console_: StartedProcess;
before(async () => {
  plane = await controlPlane();
  console_ = await startConsole(plane.database);
});
after(async () => {
  await console_?.stop();
  await plane.close();
});

/** A browser's part: keeps cookies, and sends next-auth's forms with its CSRF token. */
function browser() {
  const jar = new Map<string, string>();
  const setCookies: string[] = [];
  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(init.headers as Record<string, string>), cookie };
    const response = await fetch(console_.url + path, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    return response;
  }
  async function form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const { csrfToken } = await (await request("/api/auth/csrf")).json();
    const body = new URLSearchParams({ ...fields, csrfToken, json: "true" });
    return request(path, { method: "POST", body, headers: { origin: console_.url, ...headers } });
  }
  return {
    jar,
    setCookies,
    request,
    signIn: (email: string, password: string, headers?: Record<string, string>) =>
      form("/api/auth/callback/credentials", { email, password, callbackUrl: "/" }, headers),
    signOut: () => form("/api/auth/signout", { callbackUrl: "/" }),
  };
}

test("signing in sets an HttpOnly, SameSite=Lax cookie; signing out ends the session, not only the cookie", async () => {
  const email = "journey@example.com";
  await createUser({ email, name: "Journey", password: PASSWORD });
  const person = browser();
  assert.equal((await person.request("/api/v1/me")).status, 401);
  const answer = await person.signIn(email, PASSWORD);
  assert.equal(new URL((await answer.json()).url).origin, console_.url);
  const line = person.setCookies.find((each) => each.startsWith("gatehouse.session=")) ?? "";
  assert.match(line, /HttpOnly/i);
  assert.match(line, /SameSite=Lax/i);
  assert.doesNotMatch(line, /Secure/i);
  assert.equal((await (await person.request("/api/v1/me")).json()).data.email, email);

  const kept = new Map(person.jar);
  await person.signOut();
  assert.equal((await person.request("/api/v1/me")).status, 401);
  for (const [name, value] of kept) person.jar.set(name, value);
  assert.equal((await person.request("/api/v1/me")).status, 401, "the old cookie is nobody's");
});

test("a client cannot dodge the limit of its address by writing another one into X-Forwarded-For", async () => {
  const codes: string[] = [];
  for (let i = 0; i < 61; i++) {
    const headers = { "x-forwarded-for": `198.51.100.${i}` };
    const answer = await browser().signIn(`nobody${i}@example.com`, "x", headers);
    codes.push(new URL((await answer.json()).url).searchParams.get("error") ?? "");
  }
  assert.equal(codes[0], "CredentialsSignin");
  assert.match(codes.at(-1) ?? "", /^slowed_down:\d+$/);
});

test("the console stops by itself when it is asked to", async () => {
  assert.equal(await console_.stop(), true);
});
