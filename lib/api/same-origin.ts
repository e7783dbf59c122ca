import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";

/**
 * Refuses a change that a cookie would authorize when another site's page may have sent it: the browser's own
 * Origin must be the console's. Reading is left alone, because a foreign page cannot see the answer.
 * Throws `forbidden` (403).
 */
export function assertSameOrigin(request: Request): void {
  if (request.method === "GET") return;
  const origin = request.headers.get("origin");
  if (origin !== null && origin === new URL(env.consoleUrl).origin) return;
  throw new DomainError("forbidden", "This change did not come from the console's own pages.");
}
