import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";

const SHORTEST_RSA_BITS = 2_048;

const text = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? Buffer.from(bytes).toString("base64url") : "";

/** The key in the form that node:crypto reads; by the numbers of RFC 9053. */
function jwkOf(cose: Map<number, unknown>): JsonWebKey | null {
  switch (cose.get(1)) {
    case 1:
      return { kty: "OKP", crv: "Ed25519", x: text(cose.get(-2)) };
    case 2:
      return { kty: "EC", crv: "P-256", x: text(cose.get(-2)), y: text(cose.get(-3)) };
    case 3:
      return { kty: "RSA", n: text(cose.get(-1)), e: text(cose.get(-2)) };
    default:
      return null;
  }
}

/**
 * Whether a passkey's public key is one: a point that lies on its curve, or a modulus of a decent length. The decoder
 * of its encoding takes what was cut off for what was meant, and such a key would be kept and never fit.
 */
export function isSoundKey(publicKey: Uint8Array): boolean {
  try {
    const cose = decodeCredentialPublicKey(Uint8Array.from(publicKey)) as unknown as Map<number, unknown>;
    const jwk = jwkOf(cose);
    if (!jwk) return false;
    const key: KeyObject = createPublicKey({ key: jwk, format: "jwk" });
    return jwk.kty !== "RSA" || (key.asymmetricKeyDetails?.modulusLength ?? 0) >= SHORTEST_RSA_BITS;
  } catch {
    return false;
  }
}
