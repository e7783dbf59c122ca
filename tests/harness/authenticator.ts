import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { Assertion, Attestation } from "#lib/second-factors/schema.ts";

/** What a hostile or broken authenticator, browser or page in between does differently. */
export type Misdeeds = {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  crossOrigin?: boolean;
  topOrigin?: string;
  verified?: boolean;
  present?: boolean;
  counter?: number;
  userHandle?: string | null;
  format?: string;
  /** What becomes of the CBOR before it is sent. */
  attestationObject?: (bytes: Buffer) => Buffer;
  /** What becomes of the signature. */
  signature?: (bytes: Buffer) => Buffer;
};

/** A software authenticator in a browser: one ES256 passkey, with its counter. */
export type Authenticator = {
  id: string;
  make(options: Ceremony, misdeeds?: Misdeeds): Attestation;
  use(options: Ceremony, misdeeds?: Misdeeds): Assertion;
};

/** What the console said to make or use a passkey with. */
export type Ceremony = { challenge: string } & Record<string, unknown>;

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();

/** The beginning of a CBOR value: its kind, and its number or length. */
function head(kind: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(kind << 5) | value]);
  if (value < 256) return Buffer.from([(kind << 5) | 24, value]);
  return Buffer.from([(kind << 5) | 25, value >> 8, value & 255]);
}

type Cbor = number | string | Uint8Array | [key: number | string, value: Cbor][];

/** CBOR by hand: as much of it as an authenticator writes. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([
    head(5, value.length),
    ...value.flatMap(([key, member]) => [cbor(key), cbor(member)]),
  ]);
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

function authenticatorData(rpId: string, counter: number, does: Misdeeds, credential?: Buffer): Buffer {
  const flags =
    (does.present === false ? 0 : USER_PRESENT) |
    (does.verified === false ? 0 : USER_VERIFIED) |
    (credential ? HAS_CREDENTIAL : 0);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, credential ?? Buffer.alloc(0)]);
}

function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return cbor([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, "base64url")],
    [-3, Buffer.from(y, "base64url")],
  ]);
}

/** A new authenticator, used by a person at `consoleUrl`; `counts` as security keys do, or always says 0. */
export function authenticator(consoleUrl: string, counts = false): Authenticator {
  const { hostname, origin } = new URL(consoleUrl);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const credentialId = randomBytes(32);
  const id = base64url(credentialId);
  let counter = 0;
  let handle: string | null = null;

  const clientData = (type: string, { challenge }: Ceremony, does: Misdeeds): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: does.type ?? type,
        challenge: does.challenge ?? challenge,
        origin: does.origin ?? origin,
        crossOrigin: does.crossOrigin ?? false,
        ...(does.topOrigin === undefined ? {} : { topOrigin: does.topOrigin }),
      }),
    );

  return {
    id,
    make(options, does = {}) {
      handle = (options.user as { id: string }).id;
      const length = Buffer.from([credentialId.length >> 8, credentialId.length & 255]);
      const credential = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(publicKey)]);
      const data = authenticatorData(does.rpId ?? hostname, does.counter ?? counter, does, credential);
      const object = cbor([
        ["fmt", does.format ?? "none"],
        ["attStmt", []],
        ["authData", data],
      ]);
      return {
        id,
        clientDataJSON: base64url(clientData("webauthn.create", options, does)),
        attestationObject: base64url(does.attestationObject?.(object) ?? object),
        transports: ["internal"],
      };
    },
    use(options, does = {}) {
      if (counts) counter++;
      const client = clientData("webauthn.get", options, does);
      const data = authenticatorData(does.rpId ?? hostname, does.counter ?? counter, does);
      const signature = sign("sha256", Buffer.concat([data, sha256(client)]), privateKey);
      return {
        id,
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(does.signature?.(signature) ?? signature),
        userHandle: does.userHandle === undefined ? handle : does.userHandle,
      };
    },
  };
}
