import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

type Lie = {
  /** Changes the claims of the id_token. */
  claims?: Record<string, unknown>;
  /** Makes the whole id_token out of the claims that it should have. */
  token?: (claims: Record<string, unknown>) => string | Promise<string>;
  /** What the userinfo endpoint says. */
  userinfo?: Record<string, unknown>;
  /** What the discovery document says otherwise. */
  discovery?: Record<string, unknown>;
  /** The token endpoint's answer, instead of tokens. */
  error?: { status: number; body: string };
};

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** An unsigned token. */
export const unsigned = (claims: Record<string, unknown>): string =>
  `${base64url({ alg: "none" })}.${base64url(claims)}.`;

/**
 * An identity provider that says whatever a test wants. It has no pages: a test takes state and nonce from the address
 * that the console sends people to, and comes back with any code. `received` holds what the token endpoint was sent.
 */
export async function lyingProvider() {
  const keys = await generateKeyPair("RS256");
  const others = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k", alg: "RS256", use: "sig" };
  const state = { lie: {} as Lie, nonce: "", received: [] as URLSearchParams[] };
  const sign = (claims: Record<string, unknown>, key = keys.privateKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k" }).sign(key);

  const server = createServer(async (request, response) => {
    const { lie } = state;
    const json = (body: unknown, status = 200) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.url === "/.well-known/openid-configuration") {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/me`,
        jwks_uri: `${issuer}/jwks`,
        ...lie.discovery,
      });
    }
    if (request.url === "/jwks") return json({ keys: [jwk] });
    if (request.url === "/me") return json(lie.userinfo ?? { sub: "mallory" });
    let body = "";
    for await (const chunk of request) body += chunk;
    state.received.push(new URLSearchParams(body));
    if (lie.error) {
      return void response
        .writeHead(lie.error.status, { "content-type": "application/json" })
        .end(lie.error.body);
    }
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: issuer,
      sub: "mallory",
      aud: "gatehouse",
      nonce: state.nonce,
      iat: now,
      exp: now + 300,
      auth_time: now,
      ...lie.claims,
    };
    const idToken = await (lie.token ?? sign)(claims);
    json({ access_token: "an access token of the provider", token_type: "Bearer", id_token: idToken });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    state,
    sign,
    /** Signs with a key that is not the provider's. */
    forge: (claims: Record<string, unknown>) => sign(claims, others.privateKey),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
