import type { Route } from "../route.ts";

export type KeyState = { name: string; status: "active" | "rotating" | "expired" | "revoked" };

/** What the rules need to know beside the routes. */
export type LintFacts = {
  /** The tenant's keys that routes name, by id; a key that is not here does not exist. */
  keys: ReadonlyMap<string, KeyState>;
  /** The functions that a data plane has registered. */
  functions: ReadonlySet<string>;
  /** The tenant's issuers that are switched on. */
  issuers: number;
  /** The installation lets upstreams be inside its own network. */
  allowInternalUpstreams: boolean;
  /** Where the gateway itself answers, such as https://api.example.com. */
  gatewayOrigin: string | null;
  /** The live revision's routes by id; empty when nothing is live. */
  live: ReadonlyMap<string, Route>;
};
