import assert from "node:assert/strict";
import test from "node:test";
import { newClaimSchema } from "#lib/claims/schema.ts";
import { MAX_AUTHORIZED_REQUESTS } from "#lib/contract/authorized-requests.ts";
import { newKeySchema, rotateKeySchema, triedRightsSchema } from "./schema.ts";

const rows = (amount: number) =>
  Array.from({ length: amount }, (_, row) => ({ method: "GET", path: `/row/${row}` }));

/** Where a document is refused, and with which words. */
function refusals(schema: typeof newKeySchema | typeof newClaimSchema, fields: object): string[] {
  const parsed = schema.safeParse({ name: "partner", ...fields });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
}

test("a key is refused for what is wrong with it, at the field that is wrong", () => {
  const bad: [object, RegExp][] = [
    [{ name: "" }, /^name is required$/],
    [{ name: "a\u0000b" }, /^name has a control character$/],
    [{ name: "a\nb" }, /^name has a control character$/],
    [{ name: "\ud800" }, /^name has a control character$/],
    [{ name: "a\u202eb" }, /^name has a control character$/],
    [{ name: "\u200b\u2060" }, /^name has no visible character$/],
    [{ expiresAt: "9999-12-31T23:59:59-23:59" }, /^expiresAt is outside the years 1 to 9999$/],
    [
      { authorizedRequests: [{ path: "/a", queryParameters: { "a\u0000": "" } }] },
      /^authorizedRequests\.0\.queryParameters\./,
    ],
    [
      { authorizedRequests: [{ path: "/a", queryParameters: { a: "\ud800" } }] },
      /^authorizedRequests\.0\.queryParameters\.a has a control character$/,
    ],
    [
      {
        authorizedRequests: [
          { path: "/a", queryParameters: Object.fromEntries(rows(21).map(({ path }) => [path, ""])) },
        ],
      },
      /^authorizedRequests\.0\.queryParameters holds more than 20 parameters$/,
    ],
    [{ description: "\u0007" }, /^description has a control character$/],
    [{ expiresAt: "2001-01-01T00:00:00Z" }, /^expiresAt is in the past$/],
    [{ expiresAt: "2099-13-01T00:00:00Z" }, /^expiresAt /],
    [{ expiresAt: "tomorrow" }, /^expiresAt /],
    [
      { authorizedRequests: [{ path: "/a" }, { path: "no-slash" }] },
      /^authorizedRequests\.1\.path must start/,
    ],
    [{ authorizedRequests: [{ path: "/a/../b" }] }, /^authorizedRequests\.0\.path has a dot segment$/],
    [{ authorizedRequests: [{ path: "/%zz" }] }, /^authorizedRequests\.0\.path .*percent-encoding$/],
    [{ authorizedRequests: [{ path: "/*/a" }] }, /^authorizedRequests\.0\.path .*last segment$/],
    [{ authorizedRequests: [{ method: "LOOK", path: "/a" }] }, /^authorizedRequests\.0\.method /],
    [{ authorizedRequests: rows(10_000) }, /^authorizedRequests holds more than 500 rows$/],
    [{ scope: "all" }, /scope/],
  ];
  for (const [fields, expected] of bad) {
    const found = refusals(newKeySchema, fields);
    assert.equal(found.length, 1, JSON.stringify(fields).slice(0, 80));
    assert.match(found[0] as string, expected);
  }
  assert.deepEqual(refusals(newKeySchema, { authorizedRequests: rows(MAX_AUTHORIZED_REQUESTS) }), []);
  assert.equal(triedRightsSchema.safeParse({ authorizedRequests: rows(501) }).success, false);
});

test("a claim link lives between an hour and fourteen days, in whole hours, and 72 unless told", () => {
  for (const lifeHours of [0, 0.5, 337, -1, "72", null]) {
    assert.equal(newClaimSchema.safeParse({ name: "p", lifeHours }).success, false, String(lifeHours));
  }
  const parsed = newClaimSchema.parse({ name: "p" });
  assert.equal(parsed.lifeHours, 72);
});

test("a grace is whole seconds, up to ninety days", () => {
  for (const graceSeconds of [-1, 0.5, 90 * 86_400 + 1, "60"]) {
    assert.equal(rotateKeySchema.safeParse({ graceSeconds }).success, false, String(graceSeconds));
  }
});
