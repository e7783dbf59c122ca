import ipaddr from "ipaddr.js";

/** 64:ff9b::/96 carries an IPv4 address in its last 32 bits, and a translator on the way reaches it. */
function embeddedIpv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.range() === "rfc6052" ? new ipaddr.IPv4(address.toByteArray().slice(12)) : null;
}

/**
 * Whether an IP address leads anywhere but into the public internet: loopback, private and link-local ranges, cloud
 * metadata, carrier NAT, multicast, reserved. An IPv4 address inside an IPv6 one counts as itself. What is not an
 * address counts as internal, so that nothing odd gets by. Brackets around IPv6 are allowed.
 */
export function isInternalAddress(text: string): boolean {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  if (!ipaddr.isValid(bare)) return true;
  const address = ipaddr.parse(bare);
  const meant = address instanceof ipaddr.IPv6 ? (embeddedIpv4(address) ?? address) : address;
  return meant.range() !== "unicast";
}

const INTERNAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)\.?$/i;

/**
 * Whether a URL's host is internal as far as its text tells: an internal address in any spelling that URLs know, or
 * a name that only means something inside. A public name may still lead inside: that is checked when connecting.
 */
export function isInternalHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  // A URL's host is an address only when it is all digits and dots, or has colons; reading a name as one is slow.
  if (/^[\d.]+$|:/.test(bare) && ipaddr.isValid(bare)) return isInternalAddress(bare);
  return INTERNAL_NAME.test(bare) || !bare.includes(".");
}
