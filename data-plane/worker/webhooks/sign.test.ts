import assert from "node:assert/strict";
import test from "node:test";
import { signedHeaders } from "./sign.ts";

const secretOf = (text: string) => Buffer.from(text.replace("whsec_", ""), "base64");

test("signs as the reference implementation of Standard Webhooks does", () => {
  // The vector of the specification's own libraries.
  const headers = signedHeaders(
    [secretOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1_614_265_330_999,
    '{"test": 2432232314}',
  );
  assert.deepEqual(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("while a secret is being replaced both sign, the current one first", () => {
  const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const signature = (secrets: Buffer[]) => signedHeaders(secrets, "evt_1", 0, "{}")["webhook-signature"];
  assert.equal(signature([one, other]), `${signature([one])} ${signature([other])}`);
});
