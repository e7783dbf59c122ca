import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { DomainError } from "#lib/errors/domain-error.ts";
import { assertNoForeignPage, assertSameOrigin } from "./same-origin.ts";

const OURS = "https://gate.example";
let given: string | undefined;
before(() => {
  given = process.env.CONSOLE_URL;
  process.env.CONSOLE_URL = `${OURS}/`;
});
after(() => {
  if (given === undefined) delete process.env.CONSOLE_URL;
  else process.env.CONSOLE_URL = given;
});

type Check = (request: Request) => void;

function isRefused(check: Check, headers: Record<string, string>, method = "POST"): boolean {
  try {
    check(new Request(`${OURS}/api/v1/x`, { method, headers }));
    return false;
  } catch (error) {
    assert.ok(error instanceof DomainError && error.code === "forbidden");
    return true;
  }
}

const FOREIGN = [
  "null",
  "",
  "http://gate.example",
  "https://gate.example:444",
  "https://gate.example.evil.example",
  "https://evil.example",
  "https://gate.example/",
  "https://GATE.example",
  "https://user@gate.example",
  "https://gate.example, https://evil.example",
  "HTTPS://gate.example",
];

test("a change by cookie is taken from the console's own origin, to the letter, and from no other", () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    assert.equal(isRefused(assertSameOrigin, { origin: OURS }, method), false);
    assert.equal(isRefused(assertSameOrigin, {}, method), true, "no Origin at all");
    for (const origin of FOREIGN) {
      assert.equal(isRefused(assertSameOrigin, { origin }, method), true, origin);
      assert.equal(isRefused(assertNoForeignPage, { origin }, method), true, origin);
    }
  }
});

test("what a browser says about the page that asked counts as well as the Origin", () => {
  for (const check of [assertSameOrigin, assertNoForeignPage]) {
    for (const site of ["cross-site", "same-site", "none", "nonsense"]) {
      assert.equal(isRefused(check, { origin: OURS, "sec-fetch-site": site }), true, site);
    }
    assert.equal(isRefused(check, { origin: OURS, "sec-fetch-site": "same-origin" }), false);
  }
});

test("a change without credentials is open to programs, and what carries a cookie is no program", () => {
  assert.equal(isRefused(assertNoForeignPage, {}), false);
  assert.equal(isRefused(assertNoForeignPage, { cookie: "a=1" }), true);
  assert.equal(isRefused(assertNoForeignPage, { cookie: "a=1", origin: OURS }), false);
  assert.equal(isRefused(assertNoForeignPage, { "sec-fetch-site": "cross-site" }), true);
});

test("reading is left alone", () => {
  for (const method of ["GET", "HEAD"]) {
    assert.equal(isRefused(assertSameOrigin, { origin: "https://evil.example" }, method), false);
  }
});
