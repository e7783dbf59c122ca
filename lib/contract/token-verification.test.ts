import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import test, { before } from "node:test";
import fc from "fast-check";
import { exportSPKI, importJWK, SignJWT } from "jose";
import {
  AUDIENCE,
  forge,
  goodClaims,
  ISS,
  type SigningKey,
  sign,
  signingKey,
  signWithSecret,
} from "#tests/harness/issuer.ts";
import type { Issuer } from "./issuer.ts";
import { type KeySet, parseKeySet } from "./key-set.ts";
import { parseToken } from "./token-shape.ts";
import { verifyToken } from "./token-verification.ts";

const SECRET = "s".repeat(32);
const rsaIssuer: Issuer = {
  id: "i1",
  tenantId: "t1",
  iss: ISS,
  audiences: [AUDIENCE, "other-audience"],
  kind: "jwks",
  algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
  clockSkewSeconds: 60,
};
const secretIssuer: Issuer = { ...rsaIssuer, id: "i2", iss: "secret", kind: "secret", algorithms: ["HS256"] };

let rsa: SigningKey;
let others: SigningKey[];
let keySet: KeySet;
before(async () => {
  rsa = await signingKey("k1");
  others = await Promise.all([
    signingKey("k2", "PS256"),
    signingKey("k3", "ES256"),
    signingKey("k4", "EdDSA"),
  ]);
  keySet = parseKeySet(JSON.stringify({ keys: [rsa, ...others].map(({ publicJwk }) => publicJwk) }));
});

async function ask(
  token: string,
  { issuers = [rsaIssuer, secretIssuer], set = keySet as KeySet | null, now = Date.now() } = {},
) {
  const source = { secret: () => new TextEncoder().encode(SECRET), keySet: async () => set };
  const { lookup } = await verifyToken(token, issuers, source, now);
  return lookup === "unavailable"
    ? lookup
    : lookup.kind === "valid"
      ? "valid"
      : `${lookup.code}: ${lookup.message}`;
}
const assertInvalid = async (token: string, why: string) =>
  assert.match(await ask(token), /^invalid_token: /, why);

test("a token is good when its issuer signed it with a key and an algorithm that the tenant accepts", async () => {
  assert.equal(await ask(await sign(rsa)), "valid");
  for (const key of others) assert.equal(await ask(await sign(key)), "valid", key.alg);
  const claims = goodClaims({ iss: "secret" });
  assert.equal(await ask(await signWithSecret(SECRET, claims)), "valid");
  assert.equal(await ask(await sign(rsa, goodClaims({ aud: ["x", "other-audience"] }))), "valid");
});

test("a token without a key ID is tried with the keys that fit its algorithm", async () => {
  const { kid: _, ...nameless } = rsa;
  assert.equal(await ask(await sign(nameless)), "valid");
  const { kid: __, ...stranger } = await signingKey("x");
  await assertInvalid(await sign(stranger), "another key");
});

test("no token without a signature passes, however it spells that", async () => {
  for (const alg of ["none", "None", "NONE", "nOnE", "", " none"]) {
    for (const signature of ["", "c2ln"])
      await assertInvalid(forge({ alg, typ: "JWT" }, goodClaims(), signature), alg);
  }
  await assertInvalid(forge({ typ: "JWT" }), "no algorithm");
  await assertInvalid(forge({ alg: ["RS256"] }), "a list");
  await assertInvalid(forge({ alg: null }), "null");
  await assertInvalid(`${(await sign(rsa)).split(".").slice(0, 2).join(".")}.`, "stripped");
});

test("a public key is never taken for a shared secret, nor the other way round", async () => {
  const publicKey = await importJWK(rsa.publicJwk, "RS256", { extractable: true });
  const pem = await exportSPKI(publicKey as Parameters<typeof exportSPKI>[0]);
  for (const secret of [pem, pem.trim(), JSON.stringify(rsa.publicJwk), rsa.publicJwk.n as string]) {
    for (const alg of ["HS256", "HS384", "HS512"]) {
      await assertInvalid(await signWithSecret(secret, goodClaims(), alg), `${alg} with the public key`);
    }
  }
  await assertInvalid(await signWithSecret(SECRET), "the other issuer's secret");
  await assertInvalid(await sign(rsa, goodClaims({ iss: "secret" })), "the other issuer's key");
  // Even a row that pins the wrong kind of algorithm verifies nothing with it.
  const mixed: Issuer = { ...rsaIssuer, algorithms: ["HS256"] };
  assert.match(await ask(await signWithSecret(pem), { issuers: [mixed] }), /^invalid_token/);
});

test("an algorithm that the issuer does not use is refused, also of the same family", async () => {
  const pinned: Issuer = { ...rsaIssuer, algorithms: ["ES256"] };
  assert.match(await ask(await sign(rsa), { issuers: [pinned] }), /algorithm/);
  const claims = goodClaims({ iss: "secret" });
  assert.match(await ask(await signWithSecret(SECRET, claims, "HS512")), /algorithm/);
  // The key says RS256, so it verifies nothing else.
  await assertInvalid(
    await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: "PS256", kid: "k1" })
      .sign(await importJWK({ ...(await exportPrivate(rsa)), alg: "PS256" }, "PS256")),
    "PS256 with the RS256 key",
  );
});

async function exportPrivate(key: SigningKey) {
  const { exportJWK } = await import("jose");
  return exportJWK(key.privateKey);
}

test("a token cannot bring its own keys or change how it is read", async () => {
  const thief = await signingKey("k1");
  for (const header of [
    { jwk: thief.publicJwk },
    { jku: "https://thief.example/keys" },
    { x5u: "https://thief.example/cert" },
    { x5c: ["MIIB"] },
    { crit: ["exp"] },
    { crit: ["b64"], b64: false },
    { zip: "DEF" },
    { enc: "A256GCM" },
  ]) {
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: "RS256", kid: "k1" })
      .sign(thief.privateKey);
    const [, body, signature] = token.split(".");
    const head = Buffer.from(JSON.stringify({ alg: "RS256", kid: "k1", ...header })).toString("base64url");
    await assertInvalid(`${head}.${body}.${signature}`, JSON.stringify(header));
  }
});

test("a key ID is a name and nothing else", async () => {
  for (const kid of [
    "../../etc/passwd",
    "' OR 1=1 --",
    "k1\u0000",
    "__proto__",
    "constructor",
    "",
    "k1 ",
    "K1",
    "k".repeat(300),
    1,
    ["k1"],
    { k: 1 },
    null,
  ]) {
    await assertInvalid(forge({ alg: "RS256", kid }), JSON.stringify(kid));
  }
});

test("each claim that limits a token does", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const cases: [string, object, RegExp | "valid"][] = [
    ["another issuer", { iss: "https://issuer.example" }, /issuer/],
    ["no issuer", { iss: undefined }, /issuer/],
    ["an issuer list", { iss: [ISS] }, /issuer/],
    ["another audience", { aud: "elsewhere" }, /audience/],
    ["no audience", { aud: undefined }, /audience/],
    ["an empty audience", { aud: [] }, /audience/],
    ["an audience that is no text", { aud: { [AUDIENCE]: true } }, /audience/],
    ["no expiry", { exp: undefined }, /when it expires/],
    ["an expiry as text", { exp: String(now + 300) }, /when it expires/],
    ["expired beyond the skew", { exp: now - 61 }, /^expired_token/],
    ["expired within the skew", { exp: now - 30 }, "valid"],
    ["not yet valid", { nbf: now + 120 }, /not valid yet/],
    ["valid within the skew", { nbf: now + 30 }, "valid"],
    ["a start as text", { nbf: "now" }, /not valid yet/],
    ["made in the future", { iat: now + 3_600 }, /future/],
    ["no start", { nbf: undefined, iat: undefined }, "valid"],
  ];
  for (const [name, claims, wanted] of cases) {
    const outcome = await ask(await sign(rsa, { ...goodClaims(), ...claims } as never));
    if (wanted === "valid") assert.equal(outcome, "valid", name);
    else assert.match(outcome, wanted, name);
  }
});

test("an expired token with a wrong signature is invalid, not expired: nothing is told about a forgery", async () => {
  const thief = await signingKey("k1");
  await assertInvalid(await sign(thief, goodClaims({ exp: 1 })), "a forgery");
});

test("a token of another kind than an access token is refused", async () => {
  for (const typ of ["logout+jwt", "dpop+jwt", "application/secevent+jwt", 7, {}]) {
    await assertInvalid(forge({ alg: "RS256", kid: "k1", typ }), String(typ));
  }
  for (const typ of ["JWT", "jwt", "at+jwt", "application/at+jwt"]) {
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: "RS256", kid: "k1", typ })
      .sign(rsa.privateKey);
    assert.equal(await ask(token), "valid", typ);
  }
});

test("a token has one spelling: no white space, no padding, no other alphabet, no loose bits", async () => {
  const token = await sign(rsa);
  const [head, body, signature] = token.split(".") as [string, string, string];
  for (const odd of [
    ` ${token}`,
    `${token} `,
    `${token}\n`,
    `${head}. ${body}.${signature}`,
    `${head}.${body}=.${signature}`,
    `${head}.${body}.${signature}==`,
    `${head}.${body}.${signature}.`,
    `.${head}.${body}.${signature}`,
    `${head}..${signature}`,
    `${head}.${body}`,
    `${head}.${body}.${signature}.x.y`,
    token.replaceAll("-", "+").replaceAll("_", "/"),
    `${head}.${body}.${signature.slice(0, -1)}${nextLetter(signature)}`,
    "x".repeat(8_193),
    "",
    "..",
  ]) {
    if (odd !== token) await assertInvalid(odd, JSON.stringify(odd.slice(0, 40)));
  }
});

/** The last letter with one of the bits set that 256 bytes leave over. */
function nextLetter(signature: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(signature.at(-1) as string) | 1] as string;
}

test("no text whatever is read as a token by accident, and none throws", () => {
  fc.assert(fc.property(fc.string(), (text) => assert.equal(parseToken(text).ok, false)));
  fc.assert(
    fc.property(fc.json(), fc.json(), (head, body) => {
      const part = (text: string) => Buffer.from(text).toString("base64url");
      parseToken(`${part(head)}.${part(body)}.c2ln`);
    }),
  );
});

test("inherited names are no claims", async () => {
  const token = await sign(
    rsa,
    JSON.parse(`{"__proto__":{"aud":"${AUDIENCE}"},"iss":"${ISS}","exp":9999999999}`),
  );
  await assertInvalid(token, "an audience through __proto__");
});

test("with the keys away nobody is refused and nobody is let in", async () => {
  assert.equal(await ask(await sign(rsa), { set: null }), "unavailable");
});

test("a key set gives only public keys that can verify, and an odd document is refused", async () => {
  const short = generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ format: "jwk" });
  const set = parseKeySet(
    JSON.stringify({
      keys: [
        rsa.publicJwk,
        { ...rsa.publicJwk, d: "private", kid: "leaked" },
        { kty: "oct", k: randomBytes(32).toString("base64url") },
        short,
        { kty: "RSA" },
        { kty: "EC", crv: "P-256" },
        null,
        "key",
        [],
      ],
    }),
  );
  assert.deepEqual([set.keys.length, set.ignored], [2, 7]);
  assert.equal(JSON.stringify(set).includes("private"), false);
  for (const text of [
    "",
    "null",
    "[]",
    "{}",
    '{"keys":{}}',
    "<html>",
    JSON.stringify({ keys: Array(101).fill(rsa.publicJwk) }),
  ]) {
    assert.throws(() => parseKeySet(text), Error, text.slice(0, 20));
  }
});

test("a key for encrypting, or for another algorithm, verifies nothing", async () => {
  for (const change of [{ use: "enc" }, { key_ops: ["encrypt"] }, { alg: "RS512" }]) {
    const set = parseKeySet(JSON.stringify({ keys: [{ ...rsa.publicJwk, ...change }] }));
    assert.match(await ask(await sign(rsa), { set }), /^invalid_token/, JSON.stringify(change));
  }
});

test("a renewed token is the same credential, one with other claims is another", async () => {
  const source = { secret: () => null, keySet: async () => keySet };
  const idOf = async (more: object) => {
    const token = await sign(rsa, goodClaims({ jti: randomBytes(4).toString("hex"), ...more }));
    const { lookup } = await verifyToken(token, [rsaIssuer], source, Date.now());
    assert.ok(lookup !== "unavailable" && lookup.kind === "valid");
    return lookup.credentialId;
  };
  const now = Math.floor(Date.now() / 1_000);
  assert.equal(await idOf({}), await idOf({ exp: now + 500, iat: now - 5 }));
  assert.notEqual(await idOf({}), await idOf({ scope: "admin" }));
  assert.notEqual(await idOf({}), await idOf({ sub: "another" }));
});
