import { createHash, randomBytes } from "node:crypto";
import { formatCredential } from "#lib/contract/credential.ts";
import { env } from "#lib/env.ts";
import { paths } from "#lib/paths.ts";

export const sha256 = (text: string) => createHash("sha256").update(text);

/** A new link, and what is kept of it. */
export function newLink(): { link: string; hash: Uint8Array<ArrayBuffer> } {
  const secret = formatCredential("invitation", randomBytes(32));
  return {
    link: `${env.consoleUrl}${paths.join()}#${secret}`,
    hash: new Uint8Array(sha256(secret).digest()),
  };
}
