"use client";
import { api } from "#lib/api/client.ts";
import type { Assertion, Attestation } from "#lib/second-factors/schema.ts";

type Options = { challenge: string } & Record<string, unknown>;

/** What happened in the browser's own dialog, in words for the person. */
export class PasskeyProblem extends Error {
  override readonly name = "PasskeyProblem";
}

/** Whether this browser knows passkeys at all. */
export const knowsPasskeys = (): boolean => typeof window !== "undefined" && "PublicKeyCredential" in window;

function problem(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error ? error.code : null;
  if (code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED" || error.name === "InvalidStateError") {
    return new PasskeyProblem("This device has a passkey for your account already.");
  }
  if (error.name === "NotAllowedError" || error.name === "AbortError") {
    return new PasskeyProblem("The browser's dialog was closed, or nothing was chosen in time. Try again.");
  }
  if (error.name === "SecurityError") {
    return new PasskeyProblem("The browser does not allow passkeys at this address.");
  }
  return new PasskeyProblem("The browser could not do it with this device. Try another one.");
}

/** Asks the person for one of their passkeys. Throws ApiError, and PasskeyProblem for what the browser says. */
export async function askForPasskey(challengePath: string): Promise<Assertion> {
  const [{ startAuthentication }, options] = await Promise.all([
    import("@simplewebauthn/browser"),
    api.post<Options>(challengePath),
  ]);
  const { id, response } = await startAuthentication({ optionsJSON: options as never }).catch(
    (error: unknown) => {
      throw problem(error);
    },
  );
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = response;
  return { id, clientDataJSON, authenticatorData, signature, userHandle };
}

/** Has the browser make a passkey for the person. Throws as `askForPasskey` does. */
export async function makePasskey(): Promise<Attestation> {
  const [{ startRegistration }, options] = await Promise.all([
    import("@simplewebauthn/browser"),
    api.post<Options>("/me/passkeys/challenge"),
  ]);
  const { id, response } = await startRegistration({ optionsJSON: options as never }).catch(
    (error: unknown) => {
      throw problem(error);
    },
  );
  const { clientDataJSON, attestationObject, transports = [] } = response;
  return { id, clientDataJSON, attestationObject, transports };
}
