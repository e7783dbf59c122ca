import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { curlFor, queryOf } from "./route-sample.ts";

/** What a shell hands to curl when the line is pasted. */
const argumentsOf = (line: string): string[] =>
  execFileSync("sh", ["-c", `curl() { printf '%s\\n' "$@"; }\nAPI_KEY=k TOKEN=t\n${line}`], {
    encoding: "utf8",
  })
    .trimEnd()
    .split("\n");

test("the line works as pasted, whatever quotes the body and the path hold", () => {
  const line = curlFor("http://127.0.0.1:8080", "acme", {
    method: "POST",
    path: "/v1/it's/:id",
    authMode: "api-key",
    apiVersion: "2026-01-01",
    query: "a=%27&b=$HOME",
    body: { note: `it's "quoted" $HOME` },
  });
  assert.deepEqual(argumentsOf(line), [
    "-i",
    "-X",
    "POST",
    "http://127.0.0.1:8080/gw/acme/v1/it's/123?a=%27&b=$HOME",
    "-H",
    "X-Api-Key: k",
    "-H",
    "X-Api-Version: 2026-01-01",
    "--json",
    `{"note":"it's \\"quoted\\" $HOME"}`,
  ]);
});

test("a GET without a body is as short as it can be", () => {
  const line = curlFor("http://gw", "acme", { method: "ANY", path: "/a/*", authMode: "none" });
  assert.deepEqual(argumentsOf(line), ["-i", "http://gw/gw/acme/a/anything"]);
});

test("a query is made of plain members only", () => {
  assert.equal(queryOf({ q: "a b", n: [1, 2], deep: { x: 1 }, none: null }), "q=a+b&n=1&n=2");
  assert.equal(queryOf(null), "");
});
