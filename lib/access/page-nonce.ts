import { headers } from "next/headers";

/** The header in which the console's own server tells an answer's nonce; it overwrites what a client sends. */
const NONCE_HEADER = "x-gatehouse-nonce";

/**
 * The nonce of this answer, for the page's own inline scripts and style elements. Reading it makes a page one that is
 * rendered for each request, which is what a nonce is worth anything by.
 */
export async function pageNonce(): Promise<string | undefined> {
  return (await headers()).get(NONCE_HEADER) ?? undefined;
}
