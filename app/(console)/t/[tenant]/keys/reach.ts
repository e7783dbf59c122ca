import { z } from "zod";
import { type Route, routeSchema } from "#lib/contract/route.ts";

export type KeyReach = {
  /** Live routes that name the key. */
  named: { id: string; method: string; path: string }[];
  /** How many live routes take every key of the tenant. */
  open: number;
};

const contentSchema = z.object({ routes: z.array(z.unknown()) });

/** Which routes of a revision's content let a key in. Routes that are off, or that this version cannot read, do not. */
export function reachOf(content: unknown, keyId: string): KeyReach {
  const reach: KeyReach = { named: [], open: 0 };
  for (const one of contentSchema.parse(content).routes) {
    const parsed = routeSchema.safeParse(one);
    if (!parsed.success) continue;
    const { id, method, path, auth, enabled }: Route = parsed.data;
    if (!enabled || auth.mode !== "api-key") continue;
    if (auth.allowedApiKeyIds === null) reach.open += 1;
    else if (auth.allowedApiKeyIds.includes(keyId)) reach.named.push({ id, method, path });
  }
  return reach;
}
