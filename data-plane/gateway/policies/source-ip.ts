import { isIP } from "node:net";

/** An address without what only some writers add: a port, brackets, or the IPv6 form of an IPv4 address. */
function clean(text: string): string | null {
  let address = text.trim();
  if (address.startsWith("[")) address = address.slice(1, address.indexOf("]"));
  else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address)) address = address.slice(0, address.indexOf(":"));
  if (address.toLowerCase().startsWith("::ffff:") && isIP(address.slice(7)) === 4) return address.slice(7);
  return isIP(address) === 0 ? null : address;
}

/**
 * Where a request comes from. With N trusted proxies the last N hops are theirs, so the address that counts is the
 * Nth from the right of `X-Forwarded-For`; what stands to its left was written by the caller and proves nothing.
 * Whatever is missing or unreadable falls back to the connection itself.
 */
export function sourceIp(
  remoteAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string {
  const remote = clean(remoteAddress ?? "") ?? "0.0.0.0";
  if (trustedProxies === 0 || !forwardedFor) return remote;
  const hops = forwardedFor.split(",");
  const hop = hops[Math.max(0, hops.length - trustedProxies)] as string;
  return clean(hop) ?? remote;
}

/** One subscriber has a whole IPv6 /64, so a limit per address would be none. */
export function limitSubject(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("%")[0]?.split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
