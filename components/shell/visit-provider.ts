/** Why a visit to an identity provider could not begin. */
export class VisitFailure extends Error {}

/**
 * Begins a visit to an identity provider and gives the address to go to: the provider's, or the page that says why it
 * cannot be. `ticket` is the leave for what changes an account; `returnTo` is an address of this console.
 */
export async function visitProvider(
  provider: string,
  { returnTo, ticket }: { returnTo?: string; ticket?: string },
): Promise<string> {
  try {
    const csrf = await fetch("/api/auth/csrf", { cache: "no-store" });
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const form = new URLSearchParams({
      csrfToken,
      callbackUrl: returnTo ?? "/",
      ...(ticket ? { errand: ticket } : {}),
    });
    const response = await fetch(`/api/auth/signin/${encodeURIComponent(provider)}`, {
      method: "POST",
      body: form,
    });
    const { url } = (await response.json()) as { url?: string };
    if (response.ok && url) return url;
    if (response.status === 429) throw new VisitFailure("Too many attempts. Wait a minute, and try again.");
  } catch (error) {
    if (error instanceof VisitFailure) throw error;
    // Said below.
  }
  throw new VisitFailure(
    "Signing in is not possible right now. The APIs keep answering; try again in a minute.",
  );
}
