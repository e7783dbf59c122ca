import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { isSecretName } from "#lib/contract/secret-names.ts";
import { MASK, maskerOf, maskSecrets, searchPatternOfRule } from "./masking.ts";

test("members with secret-looking names are masked at any depth, whatever their value", () => {
  const { value, masked } = maskSecrets({
    user: "ada",
    password: "hunter2",
    nested: [
      { api_key: { a: 1 }, "X-Api-Key": "gh_x", Authorization: "Bearer y", clientSecret: 7, note: "fine" },
    ],
    refreshToken: null,
  });
  assert.deepEqual(value, {
    user: "ada",
    password: MASK,
    nested: [{ api_key: MASK, "X-Api-Key": MASK, Authorization: MASK, clientSecret: MASK, note: "fine" }],
    refreshToken: null,
  });
  assert.equal(masked, true);
});

test("what is only about a secret stays readable", () => {
  for (const name of ["apiKeyId", "tokenType", "token_count", "name", "author", "tokenExpiresAt"]) {
    assert.equal(isSecretName(name), false, name);
  }
  assert.equal(isSecretName("sessionId"), true);
  assert.deepEqual(maskSecrets({ a: [1, "two", null] }), { value: { a: [1, "two", null] }, masked: false });
});

test("JSON inside text and name=value pairs are masked as well, other text is kept to the letter", () => {
  const body = maskSecrets({ body: '{"login":"ada","password":"hunter2"}' }).value as { body: string };
  assert.deepEqual(JSON.parse(body.body), { login: "ada", password: MASK });
  assert.equal(maskSecrets("login=ada&password=hunter2&x=1").value, `login=ada&password=${MASK}&x=1`);
  for (const text of ['{ "kept":  [1,2] }', "{not json", "plain = text"]) {
    assert.equal(maskSecrets(text).value, text);
  }
});

test("JSON within other text, and JSON whose end was cut off, is masked member by member", () => {
  const text = maskerOf([]).text;
  assert.equal(
    text('upstream said {"user":"ada","password":"hun\\"ter2","pin":1} and hung up'),
    `upstream said {"user":"ada","password":"${MASK}","pin":1} and hung up`,
  );
  assert.equal(text('{"items":[1,2],"apiKey" : "gh_abc'), `{"items":[1,2],"apiKey":"${MASK}"}…`);
  assert.equal(text('[{"token":12345,'), `[{"token":"${MASK}"}]…`);
  assert.equal(text('he said "token" and "secret: no"'), 'he said "token" and "secret: no"');
});

test("of a result that was cut, the beginning is masked as the whole would be: by name, by path, in text within text", () => {
  const { result } = maskerOf(["card.*", "result.lines.iban"]);
  const cutAt = (document: unknown, end: number) => {
    const text = JSON.stringify(document);
    return { $truncated: true, bytes: text.length, preview: text.slice(0, end) };
  };
  const document = {
    credentials: { user: "ada-7", key: "sec-1" },
    card: { number: 4_111_222, holder: "sec-2" },
    lines: [{ iban: "sec-3" }],
    body: JSON.stringify({ password: "sec-4" }),
    rest: "x".repeat(100),
  };
  const length = JSON.stringify(document).length;
  for (const whole of [document, JSON.stringify(document)]) {
    for (let end = 1; end < length; end++) {
      const shown = JSON.stringify(result(cutAt(whole, end)).value);
      assert.doesNotMatch(shown, /sec-|ada-7|411/, shown);
    }
  }
  const kept = cutAt({ list: ["a", "b"] }, 9);
  assert.deepEqual(result(kept), { value: kept, masked: false });
});

test("a body is masked by path however large it is", () => {
  const body = JSON.stringify({ card: { number: "4111" }, filling: "x".repeat(1_500_000) });
  assert.equal(JSON.stringify(maskerOf(["body.card.*"]).input({ body }).value).includes("4111"), false);
});

test("no nesting is too deep to mask", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`);
  assert.ok(JSON.stringify(maskSecrets(deep).value).includes(MASK));
  assert.ok(maskSecrets("[".repeat(100_000)).value);
});

test("a secret member's value never survives, a payload without one never changes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: "small" }), (payload) => {
      const text = JSON.stringify(maskSecrets({ wrapped: [payload], password: "s3cr3t-value" }).value);
      assert.equal(text.includes("s3cr3t-value"), false);
      const seen = maskSecrets(payload);
      if (!seen.masked) assert.deepEqual(seen.value, payload);
    }),
  );
});

test("a tenant's rules hide values by path, in a body that is JSON in a text and in every element of a list too", () => {
  const masker = maskerOf(["body.card.*", "input.customer.email", "**.iban", "result.code"]);
  const body = {
    card: { number: "4111", holder: { name: "Ada" } },
    lines: [{ iban: "DE1" }, { iban: null }],
  };
  const input = masker.input({
    body: JSON.stringify(body),
    customer: { Email: "a@b", name: "Ada" },
    code: 7,
  });
  assert.deepEqual(input, {
    masked: true,
    value: {
      body: JSON.stringify({
        card: { number: MASK, holder: MASK },
        lines: [{ iban: MASK }, { iban: null }],
      }),
      customer: { Email: MASK, name: "Ada" },
      code: 7,
    },
  });
  assert.deepEqual(masker.result({ code: 7, customer: { email: "a@b" } }).value, {
    code: MASK,
    customer: { email: "a@b" },
  });
  assert.equal(
    masker.text("no mail to email=a@b for code=7, id=3"),
    `no mail to email=${MASK} for code=${MASK}, id=3`,
  );
});

test("whatever a rule hides, a search for it or for anything below it fits the rule's pattern", () => {
  for (const [rule, path, fits] of [
    ["body.card", "body.card.number", true],
    ["body.card.*", "body.card", false],
    ["body.card.*", "body.card.holder.name", true],
    ["input.customer.email", "customer.email", true],
    ["**.iban", "iban", true],
    ["**.iban", "body.bank.iban", true],
    ["**.iban", "body.ibanned", false],
    ["body.**", "body.x", true],
    ["body.**", "bodyx", false],
    ["a.b+c", "a.b+c", true],
    ["a.b+c", "a.bbc", false],
    ["result.x", "x", false],
  ] as const) {
    assert.equal(new RegExp(searchPatternOfRule(rule)).test(path), fits, `${rule} and ${path}`);
  }
});

const VALUE = fc.stringMatching(/^[A-Za-z0-9_~+/-]{6,40}$/).filter((value) => /\d/.test(value));
const SECRETS = ["token", "PASSWORD", "api_key", "clientSecret", "X-Api-Key", "Authorization", "db.password"];

test("a secret is hidden however an error names it, and its name and what stands around it stay", () => {
  const ways = [
    (name: string, value: string) => `${name}: ${value}`,
    (name: string, value: string) => `${name}=${value}`,
    (name: string, value: string) => `${name} = ${value}`,
    (name: string, value: string) => `${name}:${value}`,
    (name: string, value: string) => `${name}: Bearer ${value}`,
    (name: string, value: string) => `{ ${name}: '${value} and more', id: 7 }`,
    (name: string, value: string) => `{\\"${name}\\":\\"${value}\\"}`,
    (name: string, value: string) => `${name} => "${value}\\" still"`,
  ];
  fc.assert(
    fc.property(fc.constantFrom(...SECRETS), VALUE, fc.constantFrom(...ways), (name, value, way) => {
      const text = maskerOf([]).text(`upstream said: ${way(name, value)} and hung up`);
      assert.ok(!text.includes(value) && !text.includes("still") && !text.includes("and more"), text);
      assert.ok(text.startsWith("upstream said: ") && text.endsWith(" and hung up"), text);
      assert.ok(text.includes(name) && text.includes(MASK), text);
      assert.equal(maskerOf([]).text(text), text);
    }),
  );
});

test("secrets of an error are hidden by form: schemes, cookies, addresses with a password, signed tokens", () => {
  for (const [text, shown] of [
    ["token: abc", `token: ${MASK}`],
    ["login with password: hunter failed", `login with password: ${MASK} failed`],
    ["secret: swordfish.", `secret: ${MASK}.`],
    ["Error: Error: token: abc12, user: ada", `Error: Error: token: ${MASK}, user: ada`],
    ["sent Authorization: Basic YWRhOng=", `sent Authorization: ${MASK}`],
    ["sent Bearer eyJhbGciOi.eyJzdWIi.c2ln back", `sent Bearer ${MASK} back`],
    ["jwt eyJhbGciOi.eyJzdWIi.c2ln is old", `jwt ${MASK} is old`],
    ["Cookie: sid=a1b2; theme=dark\nHost: x", `Cookie: ${MASK}\nHost: x`],
    ["connect to postgres://app:s3cr:et@db:5432/x", `connect to postgres://app:${MASK}@db:5432/x`],
    ["cvv: 123 and otp: 998877", `cvv: ${MASK} and otp: ${MASK}`],
    [`token=${"x".repeat(9_000)}`, `token=${MASK}`],
  ] as const) {
    assert.equal(maskerOf([]).text(text), shown);
  }
  assert.equal(maskerOf(["customer.email"]).text("{ email: 'a@b' }"), `{ email: '${MASK}' }`);
});

test("a sentence about a secret stays readable, and so does a stack", () => {
  for (const text of [
    "token expired",
    "Bearer token missing",
    "Bearer authentication required",
    'WWW-Authenticate: Bearer realm="api"',
    "password: must be at least 12 characters",
    "token: invalid signature",
    "could not refresh token: connect ECONNREFUSED 10.0.0.1:5432",
    "CredentialsProviderError: Could not load credentials",
    "TokenExpiredError: jwt expired\n    at verify (/app/lib/verify-token.js:12:5)",
    "getaddrinfo ENOTFOUND token-service:8080",
    "{ token: undefined, password: null }",
    "{ tokenType: 'bearer', 'token_count': 12 }",
    "Unexpected token: }",
    "bad token:\n    at Object.read (a.js:1:2)",
    "https://secret.example.com:8443/x",
  ]) {
    assert.equal(maskerOf([]).text(text), text);
  }
});

test("text of any length is looked through in time that grows with it", () => {
  for (const part of ["a.", "token", "token:", "token: ", "'", "://", "Bearer ", "token='", "a=b;"]) {
    const text = part.repeat(400_000 / part.length);
    const began = performance.now();
    maskerOf([]).text(text);
    assert.ok(performance.now() - began < 2_000, part);
  }
});
