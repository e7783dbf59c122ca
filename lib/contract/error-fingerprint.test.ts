import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { errorFingerprint, normalizeMessage } from "./error-fingerprint.ts";

const of = (message: string, name = "Error", functionName = "users") =>
  errorFingerprint(functionName, { name, message });

test("errors that differ only in what varies have one fingerprint", () => {
  const print = of("row 12 of 'users' at 2026-01-02T03:04:05Z: 0198c3f2-7b1a-7000-8000-000000000001 gone");
  assert.match(print, /^[0-9a-f]{16}$/);
  assert.equal(
    of('row 9999 of "people" at 2025-12-31T23:59:59.5+02:00: 0198C3F2-7B1A-7000-8000-00000000FFFF   gone'),
    print,
  );
});

const SAME: readonly (readonly [string, string])[] = [
  ["order ord_8f3a91 not found", "order ord_91bc07 not found"],
  ["order 8f3a not found", "order 91bc2d not found"],
  ["01J9ZQ3V8K6T2M is gone", "01JA0B7WXXCQ4N is gone"],
  [
    "ENOENT: no such file or directory, open /tmp/a81/in.csv",
    "ENOENT: no such file or directory, open /var/spool/x/out.json",
  ],
  ["cannot read C:\\jobs\\1\\a.txt", "cannot read C:\\jobs\\22\\b.txt"],
  ["connect ECONNREFUSED 10.0.0.1:5432", "connect ECONNREFUSED 10.0.12.7:5433"],
  ["connect ECONNREFUSED ::1:5432", "connect ECONNREFUSED fe80::a1:5432"],
  [
    "no answer from https://api.example.com/v1/users/7?x=1",
    "no answer from https://api.example.com/v1/people",
  ],
  ["mail to ada@example.com bounced", "mail to grace.hopper@mail.example.org bounced"],
  ["took 1.5 s", "took 12 s"],
  ["limit of 1,000 reached", "limit of 20 reached"],
  ["no answer within 300ms", "no answer within 5000ms"],
  ["duplicate key (email)=('a@b.co')", "duplicate key (email)=('x y')"],
  ["deadlock of process 4711 at 12:30:01", "deadlock of process 815 at 09:00:59"],
];
for (const [one, other] of SAME) {
  test(`"${one}" and "${other}" are one group`, () => {
    assert.equal(normalizeMessage(one), normalizeMessage(other));
  });
}

const APART: readonly (readonly [string, string])[] = [
  ["Request failed with status code 404", "Request failed with status code 503"],
  ["upstream answered HTTP 500", "upstream answered HTTP 429"],
  ["no answer from https://api.example.com/v1", "no answer from https://mail.example.com/v1"],
  ["connect ECONNREFUSED 10.0.0.1:80", "connect ETIMEDOUT 10.0.0.1:80"],
  ["invoice is void", "invoice is paid"],
  ["column a does not exist", "column b does not exist"],
];
for (const [one, other] of APART) {
  test(`"${one}" and "${other}" are two groups`, () => {
    assert.notEqual(of(one), of(other));
  });
}

test("an error's name tells groups apart, its function only where the message says nothing", () => {
  assert.notEqual(of("another message", "TypeError"), of("another message"));
  assert.equal(of("ECONNREFUSED", "Error", "users"), of("ECONNREFUSED", "Error", "orders"));
  for (const empty of ["", "  ", "500", "0198c3f2-7b1a-7000-8000-000000000001", "'x'"]) {
    assert.notEqual(of(empty, "Error", "users"), of(empty, "Error", "orders"), empty);
  }
});

test("numbers and ids of any kind in a message do not change its fingerprint", () => {
  const id = fc.oneof(
    fc.nat().map(String),
    fc.uuid(),
    fc.double({ noNaN: true, min: 0, max: 1e6 }).map((value) => value.toFixed(3)),
    fc.stringMatching(/^[0-9]{2}[A-Za-z]{4}[0-9A-Za-z]{2,20}$/),
    fc.ipV4(),
    fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") })
      .map((date) => date.toISOString()),
  );
  fc.assert(
    fc.property(id, id, (a, b) => {
      const text = (value: string) => normalizeMessage(`cannot book ${value} again`).replace(/<\w+>/, "<>");
      assert.equal(text(a), text(b));
    }),
  );
});

test("a message made to be slow to read is read at once", () => {
  const began = performance.now();
  for (const part of ["'\"`0", "a", "/a", "a1", "1:", "a@", "::", "https://", "0x0", "\\a/", " "]) {
    normalizeMessage(part.repeat(100_000));
    normalizeMessage(`${part.repeat(100_000)}!`);
  }
  assert.ok(performance.now() - began < 500);
});
