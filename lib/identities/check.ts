import type { Actor } from "#lib/access/actor.ts";
import { assertOperator } from "#lib/access/authorize.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { providerNamed } from "./configured.ts";
import type { IdentityProvider } from "./settings.ts";

type Check = { name: string; ok: boolean; text: string };

const PATIENCE_MS = 5_000;
const MAX_BYTES = 512 * 1024;

type Document = Record<string, unknown>;

/** A JSON document of the provider; throws a sentence of ours, never the provider's words. */
async function fetchJson(url: string): Promise<Document> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "error" });
  } catch (error) {
    const late = (error as Error).name === "TimeoutError";
    throw new Error(late ? "It does not answer within 5 s." : "No connection to it could be made.");
  }
  if (!response.ok) throw new Error(`It answers with status ${response.status}.`);
  let size = 0;
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error("Its answer is larger than 512 kB.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Document;
  } catch {
    throw new Error("Its answer is not JSON.");
  }
}

const lists = (document: Document, name: string, wanted: string): boolean => {
  const values = document[name];
  return !Array.isArray(values) || values.includes(wanted);
};

function judge(provider: IdentityProvider, document: Document): Check[] {
  const missing = ["authorization_endpoint", "token_endpoint", "jwks_uri"].filter(
    (name) => !URL.canParse(String(document[name])),
  );
  const same = document.issuer === provider.issuer;
  return [
    {
      name: "Issuer",
      ok: same,
      text: same
        ? "is the one that the settings name"
        : "calls itself something else than the settings do, to the letter",
    },
    {
      name: "Addresses",
      ok: missing.length === 0,
      text: missing.length === 0 ? "are all there" : `lacks ${missing.join(", ")}`,
    },
    {
      name: "Signatures",
      ok: lists(document, "id_token_signing_alg_values_supported", provider.algorithm),
      text: `${provider.algorithm} is the one that the settings name`,
    },
    {
      name: "Client authentication",
      ok: lists(document, "token_endpoint_auth_methods_supported", provider.clientAuth),
      text: `${provider.clientAuth} is the one that the settings name`,
    },
    {
      name: "PKCE",
      ok: lists(document, "code_challenge_methods_supported", "S256"),
      text: "with S256 is always used",
    },
  ];
}

/**
 * Asks a provider what signing in would ask it, short of signing in: whether it answers, is who the settings say, and
 * can do what is wanted of it. Whether the client's id and secret are right shows with the first person.
 */
export async function checkProvider(actor: Actor, name: string): Promise<{ checks: Check[] }> {
  assertOperator(actor);
  const provider = providerNamed(name);
  if (!provider) throw notFound("provider");
  let document: Document;
  try {
    document = await fetchJson(`${provider.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  } catch (error) {
    return { checks: [{ name: "Discovery", ok: false, text: (error as Error).message }] };
  }
  const checks: Check[] = [{ name: "Discovery", ok: true, text: "answers" }, ...judge(provider, document)];
  try {
    const { keys } = await fetchJson(String(document.jwks_uri));
    const count = Array.isArray(keys) ? keys.length : 0;
    checks.push({ name: "Keys", ok: count > 0, text: count === 1 ? "1 key" : `${count} keys` });
  } catch (error) {
    checks.push({ name: "Keys", ok: false, text: (error as Error).message });
  }
  return { checks };
}
