/** The longest address that mail can carry (RFC 5321), and the longest part before the @. */
const LONGEST = 254;
const LONGEST_LOCAL = 64;

const LOCAL = /^[A-Za-z0-9_+-]+(?:[.'][A-Za-z0-9_+-]+)*$/;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
// Not from ! on: a space or a control character inside an address is how headers are injected.
const ASCII = /^[\x21-\x7e]*$/;

/** A domain as mail carries it, for the words of a refusal; null when it is none. */
function asciiDomain(domain: string): string | null {
  const host = URL.parse(`http://${domain}`)?.hostname ?? "";
  return host !== "" && host !== domain.toLowerCase() && LABEL.test(host.split(".")[0] ?? "") ? host : null;
}

/**
 * Why an e-mail address cannot be taken, in words for the person; null when it can. Takes ASCII alone, and looks before
 * anything is put in lower case: the Kelvin sign becomes a k there, and a Cyrillic а reads as a Latin one, so that an
 * address could look like somebody else's. An international domain is written as mail carries it (xn--…), and shown so.
 */
export function whyNotEmailAddress(text: string): string | null {
  const address = text.trim();
  if (address === "") return "is required";
  if (address.length > LONGEST) return `is longer than ${LONGEST} characters`;
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (!ASCII.test(address)) {
    const carried = at > 0 && ASCII.test(local) ? asciiDomain(domain) : null;
    return carried
      ? `has letters that can pass for others; write its domain as mail carries it: ${carried}`
      : "has a space, an invisible character or a letter that can pass for another; use plain letters, digits and . _ + - only";
  }
  if (at < 1 || local.includes("@")) return "is not an e-mail address";
  if (local.length > LONGEST_LOCAL || !LOCAL.test(local)) return "is not an e-mail address";
  const labels = domain.split(".");
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return "is not an e-mail address";
  if (!/^[A-Za-z]{2,}$/.test(labels.at(-1) ?? "")) return "is not an e-mail address";
  return null;
}
