import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { newKeySchema } from "#lib/keys/schema.ts";
import { createUser } from "#lib/sign-in/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { firstLoads } from "#tests/harness/first-load.ts";
import { type StartedProcess, startConsole, TEST_BUILD } from "#tests/harness/processes.ts";

const PASSWORD = "correct horse battery staple";
const SECURE_URL = "https://gate.example";

let plane: ControlPlane;
let console_: StartedProcess;
let secure: StartedProcess;
let foreignKey: string;
let email: string;

before(async () => {
  plane = await controlPlane();
  const { actor: acme } = await plane.tenant("acme");
  const { actor: globex } = await plane.tenant("globex");
  foreignKey = (await mintKey(globex, newKeySchema.parse({ name: "theirs" }))).id;
  email = acme.email ?? "";
  await createUser({ email, name: "Somebody", password: PASSWORD });
  console_ = await startConsole(plane.database);
  secure = await startConsole(plane.database, { environment: { CONSOLE_URL: SECURE_URL } });
});
after(async () => {
  await secure?.stop();
  await console_?.stop();
  await plane?.close();
});

/** A browser's cookies and habits, at the console that runs at `address` and is known as `origin`. */
function browser(address = console_.url, origin = address) {
  const jar = new Map<string, string>();
  const lines: string[] = [];
  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string>) };
    const response = await fetch(address + path, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      lines.push(line);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    return response;
  }
  async function form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const { csrfToken } = (await (await request("/api/auth/csrf")).json()) as { csrfToken: string };
    const body = new URLSearchParams({ csrfToken, json: "true", ...fields });
    return request(path, { method: "POST", body, headers: { origin, ...headers } });
  }
  return {
    jar,
    lines,
    request,
    form,
    signIn: (callbackUrl = "/") =>
      form("/api/auth/callback/credentials", { email, password: PASSWORD, callbackUrl }),
    isSignedIn: async () => (await request("/api/v1/me")).status === 200,
  };
}
type Browser = ReturnType<typeof browser>;

async function signedIn(address?: string, origin?: string): Promise<Browser> {
  const person = browser(address, origin);
  const answer = await person.signIn();
  assert.equal(answer.status, 200);
  assert.ok(await person.isSignedIn());
  return person;
}

const ALWAYS = {
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^(same-origin|no-referrer)$/,
  "permissions-policy": /camera=\(\)/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "x-robots-tag": /noindex/,
  "content-security-policy": /default-src 'none'/,
};

test("pages, data, files, refusals and redirects all have the headers, and a page names every script that it runs", async () => {
  const person = await signedIn();
  const unknown = uuidv7();
  const wanted: [string, number, RequestInit?][] = [
    ["/", 307],
    ["/sign-in", 307],
    ["/claim", 200],
    ["/nowhere", 404],
    ["/t/acme", 200],
    ["/t/acme/keys", 200],
    [`/t/acme/keys/${unknown}`, 404],
    ["/t/acme/keys/nonsense", 404],
    ["/t/nobody", 404],
    ["/support", 404],
    ["/icon.svg", 200],
    ["/_next/static/nothing.js", 404],
    ["/_next/image?url=%2Ficon.svg&w=64&q=75", 404],
    ["/robots.txt", 200],
    ["/.well-known/change-password", 302],
    ["/api/v1/me", 200],
    ["/api/v1/openapi.json", 200],
    ["/api/v1/nothing", 404],
    ["/api/v1/me", 405, { method: "DELETE", headers: { origin: console_.url } }],
    ["/api/auth/csrf", 200],
    ["/api/auth/session", 200],
    ["/api/auth/error?error=%3Cscript%3E", 302],
    ["/api/auth/verify-request", 404],
    ["/api/auth/signout", 405],
    ["/api/auth/nothing", 404],
    ["/api/auth/__proto__", 404],
    ["/t/acme/keys", 405, { method: "POST" }],
  ];
  for (const [path, status, init] of wanted) {
    const answer = await person.request(path, init);
    const what = `${init?.method ?? "GET"} ${path}`;
    assert.equal(answer.status, status, what);
    for (const [name, value] of Object.entries(ALWAYS)) {
      assert.match(answer.headers.get(name) ?? "", value, `${name} of ${what}`);
    }
    assert.equal(answer.headers.get("x-powered-by"), null, what);
    const isFile = path === "/icon.svg" || path.startsWith("/_next/static");
    if (!isFile) assert.match(answer.headers.get("cache-control") ?? "", /no-store/, what);
    if (!answer.headers.get("content-type")?.startsWith("text/html")) continue;
    const html = await answer.text();
    const nonce = /'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy") ?? "")?.[1];
    if (html === "") continue;
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    assert.ok(scripts.length > 3, what);
    for (const script of scripts) assert.ok(script.includes(`nonce="${nonce}"`), `${what}: ${script}`);
    for (const style of html.match(/<style\b[^>]*>/g) ?? []) {
      assert.ok(style.includes(`nonce="${nonce}"`), `${what}: ${style}`);
    }
    assert.doesNotMatch(html, /<[^>]+\son[a-z]+="/, "no handler in an attribute");
  }
  const page = await (await person.request("/t/acme")).text();
  const file = /src="(\/_next\/static\/[^"]+\.js)"/.exec(page)?.[1] ?? "";
  const script = await person.request(file);
  assert.equal(script.status, 200);
  assert.match(script.headers.get("cache-control") ?? "", /public, max-age=31536000, immutable/);
  assert.match(script.headers.get("content-type") ?? "", /javascript/);
});

/** Headers that are of one answer alone, by themselves or by the length of what is in them. */
const NEVER_THE_SAME = ["date", "x-request-id", "content-length"];

test("what is nobody's and what is somebody else's are the same answer, as page and as data", async () => {
  const person = await signedIn();
  const textOf = async (path: string) => {
    const answer = await person.request(path);
    assert.equal(answer.status, 404, path);
    const nonce = /'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy") ?? "")?.[1];
    const headers = [...answer.headers].filter(([name]) => !NEVER_THE_SAME.includes(name)).join("\n");
    return (
      `${headers}\n\n${await answer.text()}`
        .replaceAll(path.split("/").at(-1) ?? "", "ID")
        .replaceAll(nonce ?? "no nonce", "NONCE")
        .replace(/"requestId":"[^"]+"/, '"requestId":"R"')
        // When the page was made, to the millisecond.
        .replace(/\b1[6-9]\d{11}\b/g, "NOW")
    );
  };
  /** React cuts a page into parts as the machine's load has it, so that two answers may differ by the moment alone. */
  const MOMENTS = 10;
  const same = async (one: string, other: string) => {
    const [ones, others] = [new Set<string>(), new Set<string>()];
    const met = () => [...ones].some((text) => others.has(text));
    for (let moment = 0; moment < MOMENTS && !met(); moment++) {
      ones.add(await textOf(one));
      others.add(await textOf(other));
    }
    if (!met()) assert.deepEqual(ones, others);
  };
  await same(`/api/v1/tenants/acme/keys/${uuidv7()}`, `/api/v1/tenants/acme/keys/${foreignKey}`);
  await same(`/t/acme/keys/${uuidv7()}`, `/t/acme/keys/${foreignKey}`);
  await same("/api/v1/tenants/nobody", "/api/v1/tenants/globex");
  await same("/t/nobody", "/t/globex");
});

test("every cookie is out of scripts' reach and for this site; over TLS also Secure and this host's alone", async () => {
  for (const [person, prefix] of [
    [await signedIn(), ""],
    [await signedIn(secure.url, SECURE_URL), "__Host-"],
  ] as const) {
    await person.form("/api/auth/signout", { callbackUrl: "/" });
    const names = new Set<string>();
    for (const line of person.lines) {
      const name = line.slice(0, line.indexOf("="));
      names.add(name);
      assert.match(line, /; HttpOnly/i, line);
      assert.match(line, /; SameSite=(Lax|Strict)/i, line);
      assert.match(line, /; Path=\/(;|$)/i, line);
      assert.doesNotMatch(line, /; Domain=/i, line);
      assert.equal(/; Secure/i.test(line), prefix !== "", line);
      assert.ok(line.length < 4_096, "within what every browser keeps");
    }
    assert.deepEqual(
      [...names].sort(),
      ["gatehouse.session", "next-auth.callback-url", "next-auth.csrf-token"]
        .map((name) => prefix + name)
        .sort(),
    );
  }
});

/** Addresses that some reader of addresses takes for another site's, or for a program. */
const ELSEWHERE = [
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\\/evil.example",
  "https:evil.example",
  "https:/evil.example",
  "http:\\\\evil.example",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "data:text/html,x",
  "/%2f%2fevil.example",
  "%2f%2fevil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/%09/evil.example",
  "/x\r\nSet-Cookie: a=b",
  "https://evil.example@gate.example",
  "https://gate.example@evil.example",
  "https://gate.example.evil.example",
  "https://gate。example。evil.example",
  "//evil。example",
  "/.//evil.example",
  "/..//evil.example",
  ":::",
  "",
  "null",
  "x".repeat(3_000),
];

test("no address to return to, of whatever shape, leads away from the console", async () => {
  const person = browser();
  const stays = (location: string | null, what: string) => {
    assert.ok(location !== null, what);
    const url = new URL(location, console_.url);
    assert.equal(url.origin, console_.url, `${what} → ${location}`);
    assert.equal(url.pathname.startsWith("//"), false, `${what} → ${location}`);
    return url;
  };
  for (const address of [...ELSEWHERE, `${console_.url}//evil.example`, `${console_.url}@evil.example`]) {
    const what = JSON.stringify(address).slice(0, 80);
    const asked = await person.request(`/api/auth/signin?callbackUrl=${encodeURIComponent(address)}`);
    assert.equal(asked.status, 302, what);
    const wanted = stays(asked.headers.get("location"), what).searchParams.get("callbackUrl");
    stays(wanted, what);
    const out = await person.form("/api/auth/signout", { callbackUrl: address });
    assert.equal(out.status, 200, what);
    stays(((await out.json()) as { url: string }).url, what);
    const page = await person.request(`/sign-in?callbackUrl=${encodeURIComponent(address)}`);
    assert.equal(page.status, 200, what);
  }
  for (const address of ["//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]) {
    const answer = await person.signIn(address);
    stays(((await answer.json()) as { url: string }).url, address);
    const page = await person.request(`/sign-in?callbackUrl=${encodeURIComponent(address)}`);
    assert.equal(page.status, 307);
    stays(page.headers.get("location"), address);
  }
});

test("signing in and out are changes like all others: not by a link, not without the token, not from elsewhere", async () => {
  const person = await signedIn();
  const out = (headers: Record<string, string>, fields: Record<string, string> = {}) =>
    person.form("/api/auth/signout", { callbackUrl: "/", ...fields }, headers);
  assert.equal((await person.request("/api/auth/signout")).status, 405);
  for (const origin of ["null", "https://evil.example", `${console_.url}.evil.example`]) {
    assert.equal((await out({ origin })).status, 403, origin);
  }
  assert.equal((await out({ "sec-fetch-site": "cross-site" })).status, 403);
  const plain = await person.request("/api/auth/signout", {
    method: "POST",
    body: new URLSearchParams({ json: "true" }),
  });
  assert.equal(plain.status, 403, "no Origin at all");
  await out({}, { csrfToken: "made up" });
  assert.ok(await person.isSignedIn(), "still signed in after all of them");
  const form = (body: BodyInit, type: string) =>
    person.request("/api/auth/callback/credentials", {
      method: "POST",
      body,
      headers: { origin: console_.url, "content-type": type },
    });
  assert.equal((await form("x".repeat(20_000), "application/x-www-form-urlencoded")).status, 413);
  assert.equal((await form("a=b", "text/plain")).status, 415);
  assert.equal((await form("--x--", "multipart/form-data; boundary=x")).status, 415);
  assert.equal((await out({})).status, 200);
  assert.equal(await person.isSignedIn(), false);
});

test("a change that another site's page sends with the person's cookie changes nothing", async () => {
  const person = await signedIn();
  const body = JSON.stringify({ name: "forged" });
  const forged: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    {},
    { origin: console_.url, "sec-fetch-site": "cross-site" },
    { origin: console_.url, "sec-fetch-site": "same-site" },
    { origin: "https://evil.example", host: "evil.example" },
    { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
  ];
  for (const headers of forged) {
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
      const answer = await person.request("/api/v1/tenants/acme/keys", {
        method: "POST",
        body,
        headers: { ...headers, "content-type": type },
      });
      assert.ok([403, 421].includes(answer.status), JSON.stringify(headers));
    }
  }
  const simple = await person.request("/api/v1/tenants/acme/keys", {
    method: "POST",
    body,
    headers: { origin: console_.url, "content-type": "text/plain" },
  });
  assert.equal(simple.status, 415);
  // A page of a stranger, opened by somebody without an account here.
  const stranger = await fetch(`${console_.url}/api/v1/claim/reveal`, {
    method: "POST",
    body: JSON.stringify({ secret: "x" }),
    headers: { origin: "https://evil.example", "content-type": "application/json" },
  });
  assert.equal(stranger.status, 403);
  const keys = await (await person.request("/api/v1/tenants/acme/keys")).json();
  assert.deepEqual(keys.data, []);
});

test("nothing that a client writes comes back as a header of its own", async () => {
  const person = browser();
  for (const path of [
    "/t/acme%0d%0aSet-Cookie:%20a=b",
    "/t/x?a=%0d%0aSet-Cookie:a=b",
    "/t/acme/%E5%98%8D%E5%98%8ASet-Cookie:a=b",
  ]) {
    const answer = await person.request(path);
    assert.equal(answer.headers.get("set-cookie"), null, path);
    assert.doesNotMatch(answer.headers.get("location") ?? "", /[\r\n]/);
  }
  const odd = await person.request("/api/v1/me", {
    headers: { "x-request-id": "<script>alert(1)</script>" },
  });
  assert.match(odd.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
});

test("a broken cookie is nobody's, and no error of ours", async () => {
  for (const value of [
    "",
    "a",
    "..",
    "e30.e30.e30.e30.e30",
    "x".repeat(5_000),
    "%",
    "\u00e9",
    '"',
    "a=b=c",
  ]) {
    for (const name of ["gatehouse.session", "next-auth.csrf-token", "next-auth.callback-url"]) {
      const headers = { cookie: Buffer.from(`${name}=${value}`).toString("latin1") };
      const answer = await fetch(`${console_.url}/api/v1/me`, { headers });
      assert.equal(answer.status, 401, `${name}=${value}`);
      assert.ok((await fetch(`${console_.url}/sign-in`, { headers })).status < 500, `${name}=${value}`);
      assert.ok((await fetch(`${console_.url}/api/auth/csrf`, { headers })).status < 500, `${name}=${value}`);
    }
  }
});

test("what a page's HTML names is what its first load is measured by", async () => {
  const person = await signedIn();
  const measured = new Map((await firstLoads(TEST_BUILD)).map(({ page, scripts }) => [page, scripts]));
  for (const [path, page] of [
    ["/claim", "/claim"],
    ["/account", "/account"],
    ["/t/acme", "/t/[tenant]"],
    ["/t/acme/tokens", "/t/[tenant]/tokens"],
  ] as const) {
    const html = await (await person.request(path)).text();
    const named = [...html.matchAll(/<script[^>]*\ssrc="\/_next\/([^"?]+)[^>]*>/g)];
    const modern = named.filter(([tag]) => !/nomodule/i.test(tag)).map(([, script]) => script as string);
    assert.ok(modern.length > 5, page);
    assert.deepEqual(
      modern.filter((script) => !measured.get(page)?.includes(script)),
      [],
      page,
    );
  }
});
