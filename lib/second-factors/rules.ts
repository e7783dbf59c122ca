/** How many recovery codes a set has, and with how few left the person is warned. */
export const RECOVERY_CODES = 10;
export const FEW_RECOVERY_CODES = 3;

/** How many passkeys a person may have. */
export const MOST_PASSKEYS = 20;

/** A code of an authenticator app as it is checked: people paste "123 456". */
export const plainCode = (typed: string): string => typed.replace(/[\s-]/g, "");

/**
 * A recovery code as it is checked. The alphabet is Crockford's base 32: capitals do not matter, and neither does
 * taking O for 0, or I and L for 1.
 */
export const plainRecoveryCode = (typed: string): string =>
  typed.replace(/[\s-]/g, "").toLowerCase().replace(/o/g, "0").replace(/[il]/g, "1");

/** A recovery code as it is shown: groups of four. */
export const groupedRecoveryCode = (plain: string): string => plain.match(/.{1,4}/g)?.join("-") ?? "";

/** Names of tenants in a sentence, the first three of many. */
export const listed = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and others` : names.join(" and ");

/** Why somebody whose tenants with these names ask for two factors cannot give up their last one; null when they can. */
export const whyKeepLast = (names: readonly string[]): string | null =>
  names.length === 0
    ? null
    : `${listed(names)} ${names.length === 1 ? "asks" : "ask"} everybody for a second factor, and this is your last one. Add another first, or leave ${names.length === 1 ? "that tenant" : "those tenants"}.`;

const IP_ADDRESS = /^(\d+(\.\d+){3}|\[.*\])$/;

/**
 * Why browsers will not take passkeys for a console at this address, in words for the person; null when they will. A
 * passkey belongs to a host name, which an IP address is not, and is given over TLS or on the machine itself only.
 */
export function whyNoPasskeys(consoleUrl: string): string | null {
  const { protocol, hostname, host, port } = new URL(consoleUrl);
  if (IP_ADDRESS.test(hostname)) {
    const onThisMachine = hostname.startsWith("127.") || hostname === "[::1]";
    const instead = onThisMachine
      ? `CONSOLE_URL=http://localhost${port ? `:${port}` : ""}, and open it there`
      : "CONSOLE_URL to a host name with HTTPS";
    return `A passkey belongs to a host name, and this console is at the IP address ${hostname}. Whoever runs it can set ${instead}.`;
  }
  if (protocol === "https:" || hostname === "localhost" || hostname.endsWith(".localhost")) return null;
  return `Browsers give passkeys over HTTPS only, and this console is at http://${host}. Whoever runs it can set CONSOLE_URL to an address with HTTPS.`;
}

const BROWSERS: [pattern: RegExp, name: string][] = [
  [/\bEdg(A|iOS)?\//, "Edge"],
  [/\b(OPR|Opera)\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const DEVICES: [pattern: RegExp, name: string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "Chromebook"],
  [/\bMacintosh\b/, "Mac"],
  [/\bWindows\b/, "Windows"],
  [/\bLinux\b/, "Linux"],
];

/** What a person may want to call the passkey that this browser keeps: "Chrome on Mac". */
export function suggestedName(userAgent: string): string {
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, device] = [find(BROWSERS), find(DEVICES)];
  if (browser && device) return `${browser} on ${device}`;
  return device ?? browser ?? "Passkey";
}
