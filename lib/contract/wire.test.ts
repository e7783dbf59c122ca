import assert from "node:assert/strict";
import { METHODS } from "node:http";
import test from "node:test";
import { headerOf, PARSED_METHODS, wireProblem } from "./wire.ts";

test("the methods are those of the parser that the gateway runs on", () => {
  assert.deepEqual([...PARSED_METHODS].sort(), [...METHODS].sort());
});

test("a header that comes twice is read as the gateway reads it", () => {
  const headers = [
    { name: "Origin", value: " a " },
    { name: "origin", value: "b" },
    { name: "Content-Type", value: "text/plain" },
    { name: "content-type", value: "text/html" },
  ];
  assert.equal(headerOf(headers, "origin"), "a, b");
  assert.equal(headerOf(headers, "content-type"), "text/plain");
  assert.equal(headerOf(headers, "host"), undefined);
});

test("an ordinary request has no problem, and each odd one is told what the gateway would say", () => {
  const problem = (fields: Partial<Parameters<typeof wireProblem>[0]>) =>
    wireProblem({ method: "GET", target: "/a?b=c", headers: [], ...fields });
  const header = (name: string, value: string) => ({ headers: [{ name, value }] });
  assert.equal(problem({}), null);
  assert.equal(problem(header("Expect", "100-continue")), null);
  assert.equal(
    problem(header("Upgrade", "websocket")),
    null,
    "without Connection: upgrade it is an offer only",
  );
  for (const target of ["/a b", "/é", "/a\tb", "/a\u007f"])
    assert.match(problem({ target }) ?? "", /malformed/);
  for (const method of ["get", "FOO", ""]) assert.match(problem({ method }) ?? "", /malformed/);
  assert.match(problem({ method: "CONNECT" }) ?? "", /CONNECT/);
  assert.match(problem({ target: "/a#b" }) ?? "", /must be a path/);
  assert.match(problem(header("Expect", "something")) ?? "", /Expect/);
});
