import assert from "node:assert/strict";
import test from "node:test";
import type { ApiKey } from "#lib/keys/schema.ts";
import { rotationOf } from "./rotate-chain.ts";

const key = (id: string, status: ApiKey["status"]) => ({ id, status }) as ApiKey;

test("a rotation is seen from the key that goes and from the one that comes, and from no other", () => {
  const chain = [key("a", "expired"), key("b", "rotating"), key("c", "active")];
  const pair = (id: string) => {
    const found = rotationOf(chain, id);
    return found && [found.old.id, found.next.id];
  };
  assert.deepEqual([pair("a"), pair("b"), pair("c")], [null, ["b", "c"], ["b", "c"]]);
  assert.equal(rotationOf([key("a", "rotating")], "a"), null);
  assert.deepEqual(
    rotationOf([key("a", "rotating"), key("b", "rotating"), key("c", "active")], "b")?.old.id,
    "b",
  );
});
