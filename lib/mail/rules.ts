/** Names are one line each; a mail's subject and its lines must stay what they are whatever a name holds. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");

/** Why an address of a mail server cannot be used; null when it can. Never repeats the address: it may hold a password. */
export function whyNotSmtpUrl(text: string): string | null {
  const url = URL.parse(text);
  if (!url || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "") {
    return "SMTP_URL must be an address such as smtps://user:password@mail.example:465.";
  }
  return null;
}

/** Who notices come from when SMTP_FROM does not say it. */
export function defaultSender(consoleUrl: string): string {
  const { hostname } = new URL(consoleUrl);
  return /^[\d.]+$|^\[/.test(hostname) ? "gatehouse@localhost" : `gatehouse@${hostname}`;
}
