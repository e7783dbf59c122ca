import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { formatCredential } from "#lib/contract/credential.ts";
import { authenticate } from "./authenticate.ts";

// Where no database is given, whatever asks one throws.
delete process.env.CONSOLE_DATABASE_URL;
process.env.GATEHOUSE_SECRET = "s".repeat(32);

const token = formatCredential("accessToken", randomBytes(32));
const whoIs = (headers: Headers) => authenticate(headers, "request-id");
const withHeader = (value: string) => new Headers({ authorization: value });

test("a token of the right shape is looked up: without a database that throws, which the others here do not", async () => {
  await assert.rejects(whoIs(withHeader(`Bearer ${token}`)), /CONSOLE_DATABASE_URL/);
});

const swapped = (at: number) => token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);

const WRONG: Record<string, string> = {
  "nothing behind the scheme": "Bearer",
  "a scheme and blanks": "Bearer   ",
  "an empty value": "",
  "no scheme": token,
  "another scheme": `Basic ${Buffer.from(`user:${token}`).toString("base64")}`,
  "the token as a password of its own scheme": `Token ${token}`,
  "an API key": `Bearer ${formatCredential("apiKey", randomBytes(32))}`,
  "a claim link's secret": `Bearer ${formatCredential("claimLink", randomBytes(32))}`,
  "another prefix before the same body": `Bearer ${token.replace("ght_", "gh_")}`,
  "a prefix in capitals": `Bearer ${token.replace("ght_", "GHT_")}`,
  "all in lower case": `Bearer ${token.toLowerCase()}`,
  "all in capitals": `Bearer ${token.toUpperCase()}`,
  "one character less": `Bearer ${token.slice(0, -1)}`,
  "one character more": `Bearer ${token}x`,
  "one character changed": `Bearer ${swapped(20)}`,
  "a checksum changed": `Bearer ${swapped(token.length - 1)}`,
  "blanks inside": `Bearer ${token.slice(0, 20)} ${token.slice(20)}`,
  "a tab inside": `Bearer ${token.slice(0, 20)}\t${token.slice(20)}`,
  "quotes around it": `Bearer "${token}"`,
  "percent-encoding": `Bearer ${encodeURIComponent(`${token} `)}`,
  "ten thousand characters": `Bearer ${"a".repeat(10_000)}`,
  "a good one among ten thousand characters": `Bearer ${token}${"a".repeat(10_000)}`,
  "two tokens": `Bearer ${token},${token}`,
  "two schemes": `Bearer Bearer ${token}`,
  "letters beyond ASCII": `Bearer ${token.slice(0, -1)}\u00e9`,
  "a JSON Web Token": `Bearer ${["{}", "{}", "x"].map((part) => Buffer.from(part).toString("base64url")).join(".")}`,
  null: "Bearer null",
  undefined: "Bearer undefined",
};

for (const [what, value] of Object.entries(WRONG)) {
  test(`${what} is nobody, and nobody is asked about it`, async () => {
    assert.equal(await whoIs(withHeader(value)), null);
  });
}

test("two Authorization headers are nobody, also when each of them would be good or one of them is", async () => {
  for (const second of [`Bearer ${token}`, "Basic eA==", ""]) {
    const headers = withHeader(`Bearer ${token}`);
    headers.append("authorization", second);
    assert.equal(await whoIs(headers), null, second);
  }
});

test("a bad token beside a cookie is nobody: what was sent to be believed is never passed over", async () => {
  const headers = withHeader("Bearer x");
  headers.set("cookie", "gatehouse.session=eyJhbGciOiJkaXIi");
  assert.equal(await whoIs(headers), null);
});

test("cookies that were not made here are nobody", async () => {
  for (const cookie of [
    "gatehouse.session=",
    "gatehouse.session=a.b.c.d.e",
    `gatehouse.session=${"a".repeat(5_000)}`,
  ]) {
    assert.equal(await whoIs(new Headers({ cookie })), null, cookie.slice(0, 40));
  }
});

test("no text but the token itself gets as far as a look-up", async () => {
  const sendable = fc.string({ unit: "grapheme-ascii", maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        sendable,
        sendable.map((text) => `ght_${text}`),
      ),
      async (text) => {
        assert.equal(await whoIs(withHeader(`Bearer ${text}`)), null);
      },
    ),
    { numRuns: 300 },
  );
});
