import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { decodeAttestationObject, isoBase64URL, isoCBOR } from "@simplewebauthn/server/helpers";
import { env } from "#lib/env.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import {
  CHALLENGE_MS,
  type ChallengePurpose,
  isOurChallenge,
  newChallenge,
  spendChallenge,
} from "./challenge.ts";
import { isSoundKey } from "./cose-key.ts";
import { whyNoPasskeys } from "./rules.ts";
import type { Assertion, Attestation } from "./schema.ts";

/** What an authenticator may sign with: Ed25519, ECDSA on P-256, RSA. */
const ALGORITHMS = [-8, -7, -257];
const LARGEST_PUBLIC_KEY = 2_048;

/** What a challenge is made for, and with what it is bound together. */
export type Ceremony = { purpose: ChallengePurpose; boundTo: string };

/** The host that passkeys belong to. Throws `conflict`, with the reason, where there can be none. */
function site(): { rpID: string; origin: string } {
  const reason = whyNoPasskeys(env.consoleUrl);
  if (reason) throw new DomainError("conflict", reason);
  const { hostname, origin } = new URL(env.consoleUrl);
  return { rpID: hostname, origin };
}

/** The bytes by which an authenticator names the person. */
const handleOf = (userId: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(userId.replaceAll("-", ""), "hex"));

/** Whose passkey an answer says it is; null when it does not name a person. */
export function userIdOf(handle: string | null): string | null {
  const hex = Buffer.from(handle ?? "", "base64url").toString("hex");
  if (hex.length !== 32) return null;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const credentialBytes = (id: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(id, "base64url"));

type Known = { credentialId: Uint8Array; transports: string[] };
const described = (known: readonly Known[]) =>
  known.map(({ credentialId, transports }) => ({
    id: Buffer.from(credentialId).toString("base64url"),
    transports,
  }));

/** What the browser makes a passkey with: one that is found without a name, and that asks for finger, face or PIN. */
export function registrationOptions(
  person: { userId: string; email: string; name: string },
  known: readonly Known[],
  { purpose, boundTo }: Ceremony,
) {
  return generateRegistrationOptions({
    rpName: "Gatehouse",
    rpID: site().rpID,
    userID: handleOf(person.userId),
    userName: person.email,
    userDisplayName: person.name,
    challenge: newChallenge(purpose, boundTo),
    timeout: CHALLENGE_MS,
    attestationType: "none",
    excludeCredentials: described(known),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** What the browser uses a passkey with; without `known` it offers whatever it has for this console. */
export function authenticationOptions({ purpose, boundTo }: Ceremony, known: readonly Known[] = []) {
  return generateAuthenticationOptions({
    rpID: site().rpID,
    challenge: newChallenge(purpose, boundTo),
    timeout: CHALLENGE_MS,
    userVerification: "required",
    ...(known.length > 0 ? { allowCredentials: described(known) } : {}),
  });
}

const refused = () =>
  invalid(
    [{ path: "passkey", message: "could not be checked" }],
    "This passkey's answer is not right, or came too late. Try again.",
  );

/** What the browser says about where and why it asked; null when that is not for us. */
function readClientData(encoded: string): { challenge: string } | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
    if (typeof data !== "object" || data === null) return null;
    const { challenge, crossOrigin, topOrigin } = data as Record<string, unknown>;
    // The console is never shown inside another page, so no answer comes from there.
    if (crossOrigin === true || topOrigin !== undefined) return null;
    return typeof challenge === "string" ? { challenge } : null;
  } catch {
    return null;
  }
}

/** Runs the library's check. Whatever it throws is about the bytes that a stranger sent, and none of it is told. */
async function checked<T extends { verified: boolean }>(
  clientDataJSON: string,
  { purpose, boundTo }: Ceremony,
  check: (challenge: string) => Promise<T>,
): Promise<T> {
  const data = readClientData(clientDataJSON);
  if (!data || !isOurChallenge(data.challenge, purpose, boundTo)) throw refused();
  let result: T;
  try {
    result = await check(data.challenge);
  } catch {
    throw refused();
  }
  if (!result.verified || !(await spendChallenge(data.challenge))) throw refused();
  return result;
}

/**
 * Whether this is all of one attestation, and one that says nothing about the device: the other kinds come with
 * certificates, and need the network. The decoder takes what was cut off for what was meant; encoded again, that shows.
 */
function isPlainAttestation(attestationObject: string): boolean {
  const bytes = isoBase64URL.toBuffer(attestationObject);
  const decoded = decodeAttestationObject(bytes);
  if (!Buffer.from(isoCBOR.encode(decoded as never)).equals(bytes)) return false;
  const format = decoded.get("fmt");
  return format === "none" || (format === "packed" && decoded.get("attStmt").get("x5c") === undefined);
}

/** Checks what a browser gave for a new passkey; gives what there is to keep of it. Throws `invalid_input`. */
export async function verifyAttestation(given: Attestation, ceremony: Ceremony) {
  const { rpID, origin } = site();
  const { registrationInfo } = await checked(given.clientDataJSON, ceremony, async (expectedChallenge) => {
    if (!isPlainAttestation(given.attestationObject))
      throw new RangeError("an attestation that was not asked for");
    return verifyRegistrationResponse({
      response: {
        id: given.id,
        rawId: given.id,
        type: "public-key",
        response: { clientDataJSON: given.clientDataJSON, attestationObject: given.attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
  });
  if (!registrationInfo) throw refused();
  const { credential, credentialBackedUp } = registrationInfo;
  const credentialId = credentialBytes(credential.id);
  const publicKey = Uint8Array.from(credential.publicKey);
  if (credential.id !== given.id || credentialId.length > 1_023) throw refused();
  if (publicKey.length > LARGEST_PUBLIC_KEY || !isSoundKey(publicKey)) throw refused();
  return { credentialId, publicKey, counter: credential.counter, backedUp: credentialBackedUp };
}

/** Checks a passkey's signature; gives its counter and whether it is synced now. Throws `invalid_input`. */
export async function verifyAssertion(given: Assertion, publicKey: Uint8Array, ceremony: Ceremony) {
  const { rpID, origin } = site();
  const { id, clientDataJSON, authenticatorData, signature } = given;
  const { authenticationInfo } = await checked(clientDataJSON, ceremony, (expectedChallenge) =>
    verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: "public-key",
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      // The counter is compared where it is written, so that of two answers at the same moment one wins.
      credential: { id, publicKey: Uint8Array.from(publicKey), counter: 0 },
      requireUserVerification: true,
    }),
  );
  const { newCounter, credentialBackedUp } = authenticationInfo;
  return { counter: newCounter, backedUp: credentialBackedUp };
}

export const passkeyRefused = refused;
