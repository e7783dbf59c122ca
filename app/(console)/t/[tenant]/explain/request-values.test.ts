import assert from "node:assert/strict";
import test from "node:test";
import { parseCurl } from "./curl.ts";
import { EMPTY_REQUEST, encodedPath, readHeaderLines, sha256, toCurl, toInput } from "./request-values.ts";

test("what is copied as curl reads back as the same request, and holds no secret", () => {
  const values = {
    ...EMPTY_REQUEST,
    method: "POST",
    path: "/a/../b?x='y'",
    headers: "Content-Type: application/json\nX-Note: it's",
    body: '{"it\'s": "$HOME `x`"}',
    keyHash: { hash: "0".repeat(64), lastFour: "wxyz" },
    authorization: "tok.en.secret",
  };
  const line = toCurl("http://127.0.0.1:8080", "acme", values);
  assert.ok(!line.includes("tok.en") && !line.includes("0000"));
  const back = parseCurl(line, "acme");
  assert.ok(back.ok);
  const { method, path, headers, body } = back.request;
  assert.deepEqual({ method, path, body }, { method: "POST", path: values.path, body: values.body });
  assert.deepEqual(headers, readHeaderLines(values.headers).headers);
});

test("what is sent names a key by id or by hash, and a bare token becomes a bearer token", () => {
  const sent = toInput({ ...EMPTY_REQUEST, path: "/a", keyId: "id", authorization: "a.b.c" }, []);
  assert.equal(sent.apiKeyId, "id");
  assert.equal(sent.authorization, "Bearer a.b.c");
  const byHash = toInput({ ...EMPTY_REQUEST, keyId: "id", keyHash: { hash: "h", lastFour: "" } }, []);
  assert.equal(byHash.apiKeyId, null);
  assert.equal(byHash.apiKeyHash, "h");
  assert.equal(toInput({ ...EMPTY_REQUEST, authorization: "Basic abc" }, []).authorization, "Basic abc");
});

test("header lines, hashes and paths", async () => {
  assert.equal(readHeaderLines("A: b\n\nnonsense").bad, "nonsense");
  assert.deepEqual(readHeaderLines("A: b: c").headers, [{ name: "A", value: "b: c" }]);
  assert.equal(await sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(encodedPath("/é a%20b/😀"), "/%C3%A9%20a%20b/%F0%9F%98%80");
  assert.equal(encodedPath("/a?b=c"), null);
});
