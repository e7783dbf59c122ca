import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { isInternalAddress } from "../contract/internal-addresses.ts";

/** The gateway or console will not connect there, whatever the name said a moment ago. */
export class RefusedAddress extends Error {
  override name = "RefusedAddress";
  readonly code = "GATEHOUSE_REFUSED_ADDRESS";
}

/** Why no connection may be made to an IP address; null when one may. `protocol` as in URLs: `https:`. */
export type AddressRule = (address: string, protocol: string) => string | null;

/** The rule for what tenants name: nothing inside, unless the installation allows it. */
export const publicOnly =
  (allowInternal: boolean): AddressRule =>
  (address) =>
    allowInternal || !isInternalAddress(address) ? null : "This address is inside the network.";

/**
 * The same, and http: is for inside only: over an open line anybody on the way could read what is said, or answer.
 * `refusal` says so in the words of whoever asks.
 */
export function openLinesInsideOnly(allowInternal: boolean, refusal: string): AddressRule {
  const reachable = publicOnly(allowInternal);
  return (address, protocol) =>
    protocol === "http:" && !isInternalAddress(address) ? refusal : reachable(address, protocol);
}

type Options = { rule: AddressRule; timeoutMs: number; lookup?: typeof systemLookup };

/**
 * A connector for undici that asks `rule` about every IP address before it connects to one. The name is resolved
 * once and the connection goes to exactly the addresses that were judged, so that a name cannot answer something
 * public first and something internal afterwards. One address that is refused refuses the name.
 */
export function guardedConnect({
  rule,
  timeoutMs,
  lookup = systemLookup,
}: Options): buildConnector.connector {
  const connectors = new Map<string, buildConnector.connector>();

  function connectorFor(protocol: string): buildConnector.connector {
    let connector = connectors.get(protocol);
    if (!connector) {
      const judged: LookupFunction = (hostname, options, callback) => {
        lookup(hostname, { ...options, all: true }, (error, addresses) => {
          if (error) return callback(error, "", 0);
          for (const { address } of addresses) {
            const refusal = rule(address, protocol);
            if (refusal) return callback(new RefusedAddress(refusal), "", 0);
          }
          const [first] = addresses;
          if (!first) return callback(new RefusedAddress("This name has no address."), "", 0);
          if (options.all) callback(null, addresses);
          else callback(null, first.address, first.family);
        });
      };
      connector = buildConnector({ timeout: timeoutMs, lookup: judged });
      connectors.set(protocol, connector);
    }
    return connector;
  }

  return (options, callback) => {
    // An address in the URL is connected to without a look-up.
    const literal = options.hostname.replace(/^\[|\]$/g, "");
    const refusal = isIP(literal) ? rule(literal, options.protocol) : null;
    if (refusal) return callback(new RefusedAddress(refusal), null);
    connectorFor(options.protocol)(options, callback);
  };
}
