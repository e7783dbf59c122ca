import { NextRequest } from "next/server.js";
import { DomainError, notFound } from "#lib/errors/domain-error.ts";
import { paths, safeReturnPath } from "#lib/paths.ts";
import { errorResponse, requestIdOf } from "./responses.ts";
import { assertSameOrigin } from "./same-origin.ts";

/** What of next-auth is in use; the rest of what it answers, pages of its own among it, does not exist here. */
const METHODS: Record<string, readonly string[]> = {
  csrf: ["GET"],
  providers: ["GET"],
  session: ["GET"],
  error: ["GET"],
  signin: ["GET", "POST"],
  callback: ["GET", "POST"],
  signout: ["POST"],
};
const WITH_PROVIDER = ["signin", "callback"];
/** A form with an address, a password and next-auth's own fields; next-auth itself would read anything. */
const MAX_FORM_BYTES = 16_384;
const FORMS = ["application/x-www-form-urlencoded", "application/json"];

async function readForm(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!FORMS.includes(type)) throw new DomainError("unsupported_media_type", "Send the form as a form.");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_FORM_BYTES) {
      throw new DomainError("payload_too_large", `The form is larger than ${MAX_FORM_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, size));
}

async function judge(request: Request, segments: readonly string[]): Promise<NextRequest | Response> {
  const [action = "", provider, ...more] = segments;
  const methods = Object.hasOwn(METHODS, action) ? (METHODS[action] ?? []) : [];
  if (methods.length === 0 || more.length > 0 || (provider && !WITH_PROVIDER.includes(action))) {
    throw notFound("address");
  }
  const { method } = request;
  if (!methods.includes(method === "HEAD" ? "GET" : method)) {
    const allow = methods.join(", ");
    throw new DomainError("method_not_allowed", `This address takes ${allow}.`, { headers: { allow } });
  }
  const url = new URL(request.url);
  // What went wrong is said on our own page; next-auth's own would quote the address.
  if (action === "error") {
    return new Response(null, { status: 302, headers: { location: paths.signIn() } });
  }
  const wanted = url.searchParams.get("callbackUrl");
  if (wanted !== null) url.searchParams.set("callbackUrl", safeReturnPath(wanted));
  const { headers } = request;
  if (method !== "POST") return new NextRequest(url, { method, headers });
  assertSameOrigin(request);
  return new NextRequest(url, { method, headers, body: await readForm(request) });
}

/**
 * Looks at a request to `/api/auth/…` before next-auth does: only what is in use, changes from the console's own
 * pages only, forms of a bounded size, and no address to return to but the console's own. Gives the request to hand
 * on, or the answer that refuses it.
 */
export async function guardNextAuth(
  request: Request,
  segments: readonly string[],
): Promise<NextRequest | Response> {
  try {
    return await judge(request, segments);
  } catch (error) {
    return errorResponse(error, requestIdOf(request.headers));
  }
}
