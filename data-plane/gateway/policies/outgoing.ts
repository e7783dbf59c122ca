import { changeHeaders, type HeaderPairs, transformOf } from "#lib/contract/transform.ts";
import { type AllowedExchange, passesOut } from "../exchange.ts";

/** As node:http and undici take headers. A loop, because this is on every request's way and `flat` is slow. */
export function flatHeaders(pairs: HeaderPairs): string[] {
  const flat: string[] = [];
  for (const [name, value] of pairs) flat.push(name, value);
  return flat;
}

/**
 * What the caller gets of a target's headers: those that may pass, after the route's transformation. The gateway's own
 * headers, and its own error answers, are never transformed.
 */
export function outgoingHeaders(exchange: AllowedExchange, said: HeaderPairs): HeaderPairs {
  const passed = said.filter(([name]) => passesOut(exchange, name.toLowerCase()));
  return changeHeaders(transformOf(exchange.route).response, passed);
}
