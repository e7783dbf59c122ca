import { afterwards } from "#lib/command/afterwards.ts";
import { env } from "#lib/env.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { oneLine } from "#lib/mail/rules.ts";
import { paths } from "#lib/paths.ts";

/**
 * Tells a person that a way into their account was added or removed, so that they learn of it when it was somebody
 * else. Sent after the answer; holds nothing that a provider said, only what the installation calls it.
 */
export function tellOfProvider(to: string, label: string, what: "added" | "removed"): void {
  const account = new URL(paths.account(), env.consoleUrl).href;
  const mail = {
    to: [to],
    subject: oneLine(`Gatehouse: ${label} was ${what}`),
    text: [
      what === "added"
        ? `From now on, an account at ${oneLine(label)} signs in to the account of ${to}.`
        : `An account at ${oneLine(label)} no longer signs in to the account of ${to}.`,
      "",
      "If it was you, there is nothing to do.",
      `If it was not you, look at your sign-in providers, your password and where you are signed in: ${account}`,
      "",
    ].join("\n"),
  };
  afterwards(() => deliver(mail));
}
