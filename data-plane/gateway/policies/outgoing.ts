import { changeHeaders, type HeaderPairs, transformOf } from "#lib/contract/transform.ts";
import { type AllowedExchange, passesOut } from "../exchange.ts";

/**
 * What the caller gets of a target's headers: those that may pass, after the route's transformation. The gateway's own
 * headers, and its own error answers, are never transformed.
 */
export function outgoingHeaders(exchange: AllowedExchange, said: HeaderPairs): HeaderPairs {
  const passed = said.filter(([name]) => passesOut(exchange, name.toLowerCase()));
  return changeHeaders(transformOf(exchange.route).response, passed);
}
