/** The eight groups of an IPv6 address without leading zeros; null for text that is none. */
function groupsOf(ip: string): string[] | null {
  const [head = "", tail, ...more] = ip.split("::");
  if (more.length > 0) return null;
  const split = (text: string) => text.split(":").filter(Boolean);
  const before = split(head);
  const after = tail === undefined ? [] : split(tail);
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...before, ...Array<string>(missing).fill("0"), ...after];
  return all.map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""));
}

/**
 * What counts as one address when requests are counted: of IPv6 the /64, because one host has all of it to ask from;
 * an IPv4 address in IPv6 clothes is that IPv4 address.
 */
export function addressBlock(ip: string): string {
  const plain = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(ip)?.[1];
  if (plain) return plain;
  const groups = ip.includes(":") ? groupsOf(ip.replace(/%.*$/, "")) : null;
  return groups ? `${groups.slice(0, 4).join(":")}::/64` : ip;
}
