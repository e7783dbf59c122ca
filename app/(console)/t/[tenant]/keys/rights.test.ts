import assert from "node:assert/strict";
import test from "node:test";
import { authorizedRequestsSchema } from "#lib/contract/authorized-requests.ts";
import {
  ALL_RIGHTS,
  authorizedRequestsOf,
  EMPTY_ROW,
  rowsOfLines,
  withPasted,
  withPicked,
} from "./rights.ts";

test("pasted lines become rows, comments and empty lines do not, and what makes no sense is kept to be mended", () => {
  const text = "GET /v1/users/*\r\n\n# orders\npost /orders?team=7&x=a%20b\n/any/:thing\nLOOK /a\nno path";
  assert.deepEqual(rowsOfLines(text), [
    { method: "GET", path: "/v1/users/*", query: "" },
    { method: "POST", path: "/orders", query: "team=7&x=a%20b" },
    { method: "ANY", path: "/any/:thing", query: "" },
    { method: "ANY", path: "LOOK /a", query: "" },
    { method: "ANY", path: "no path", query: "" },
  ]);
});

test("a paste replaces the empty row it went into and keeps every other", () => {
  const kept = { method: "GET", path: "/kept", query: "" } as const;
  const pasted = rowsOfLines("GET /a\nGET /b");
  assert.deepEqual(
    withPasted([kept, EMPTY_ROW], 1, pasted).map(({ path }) => path),
    ["/kept", "/a", "/b"],
  );
  assert.deepEqual(
    withPasted([kept, EMPTY_ROW], 0, pasted).map(({ path }) => path),
    ["/kept", "/a", "/b", ""],
  );
});

test("what is sent is what the server's schema takes, parameters decoded and prototypes untouched", () => {
  const rows = rowsOfLines("GET /a?team=a%20b&__proto__=1");
  const sent = authorizedRequestsOf({ ...ALL_RIGHTS, kind: "rows", rows });
  assert.equal(sent?.[0]?.queryParameters.team, "a b");
  assert.equal(Object.getPrototypeOf(sent?.[0]?.queryParameters), Object.prototype);
  assert.ok(
    authorizedRequestsSchema.safeParse(
      authorizedRequestsOf({ ...ALL_RIGHTS, kind: "rows", rows: rowsOfLines("GET /a?b=1") }),
    ).success,
  );
  assert.equal(authorizedRequestsOf(ALL_RIGHTS), null);
  assert.deepEqual(authorizedRequestsOf({ ...ALL_RIGHTS, kind: "routes" }), []);
});

test("versions of one route are one right", () => {
  const one = { method: "GET", path: "/a", name: "old" };
  assert.deepEqual(
    withPicked(
      [one],
      [
        { ...one, name: "new" },
        { ...one, path: "/b" },
      ],
    ),
    [
      { ...one, name: "new" },
      { ...one, path: "/b" },
    ],
  );
});
