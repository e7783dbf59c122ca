import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

export type SigningKey = { kid: string; alg: string; privateKey: CryptoKey; publicJwk: JWK };

export async function signingKey(kid: string, alg = "RS256"): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

export const AUDIENCE = "https://api.example";
export const ISS = "https://issuer.example/";

/** Claims of a token that is good for five minutes. */
export function goodClaims(more: JWTPayload = {}, now = Date.now()): JWTPayload {
  const seconds = Math.floor(now / 1_000);
  return {
    iss: ISS,
    aud: AUDIENCE,
    sub: "somebody",
    iat: seconds,
    nbf: seconds,
    exp: seconds + 300,
    ...more,
  };
}

/** A token with these claims, as they are: `undefined` leaves one out. */
export function sign(key: Pick<SigningKey, "alg" | "privateKey"> & { kid?: string }, claims = goodClaims()) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, typ: "JWT", ...(key.kid === undefined ? {} : { kid: key.kid }) })
    .sign(key.privateKey);
}

/** The same with a shared secret. */
export function signWithSecret(secret: string, claims = goodClaims(), alg = "HS256") {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

/** A token of any header and claims, signed with nothing. */
export function forge(header: object, claims: object = goodClaims(), signature = "c2lnbmF0dXJl"): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${signature}`;
}

/** A server of key sets that counts how often it was asked, and can be told what to answer. */
export async function keySetServer(keys: SigningKey[]) {
  const state = {
    keys,
    requests: 0,
    /** Instead of the keys. */
    answer: null as { status: number; headers?: Record<string, string>; body?: string } | null,
    /** Answers wait for this. */
    gate: Promise.resolve(),
  };
  const server = createServer(async (_, res) => {
    state.requests++;
    await state.gate;
    if (state.answer) return res.writeHead(state.answer.status, state.answer.headers).end(state.answer.body);
    const body = JSON.stringify({ keys: state.keys.map(({ publicJwk }) => publicJwk) });
    res.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    state,
    url: `http://127.0.0.1:${port}/keys`,
    async close(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
export type KeySetServer = Awaited<ReturnType<typeof keySetServer>>;
