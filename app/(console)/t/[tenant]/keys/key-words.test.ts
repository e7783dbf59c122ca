import assert from "node:assert/strict";
import test from "node:test";
import { rightsText } from "./key-words.ts";

test("a key's rights are said by the one request that it may make, or by how many", () => {
  const users = { method: "GET", path: "/v1/users/*", queryParameters: {} } as const;
  const text = (authorizedRequests: Parameters<typeof rightsText>[0]["authorizedRequests"]) =>
    rightsText({ authorizedRequests });
  assert.equal(text(null), "All its routes allow");
  assert.equal(text([]), "Nothing");
  assert.equal(text([users]), "GET /v1/users/*");
  assert.equal(text([{ ...users, queryParameters: { team: "a b" } }]), "GET /v1/users/*?team=a+b");
  assert.equal(text([users, users, users]), "3 requests");
});
