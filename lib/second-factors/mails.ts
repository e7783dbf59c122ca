import { afterwards } from "#lib/command/afterwards.ts";
import { env } from "#lib/env.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { oneLine } from "#lib/mail/rules.ts";
import { paths } from "#lib/paths.ts";

/** Who is told about their own account. */
export type Addressee = { email: string; name: string };

/**
 * Tells a person what has changed in how they sign in, so that they learn of it when it was somebody else. Called after
 * the change is done, and sent after the answer; where no mail is sent, the account page tells it all the same.
 */
export function tell(person: Addressee, subject: string, lines: readonly string[]): void {
  const account = new URL(paths.account(), env.consoleUrl).href;
  const mail = {
    to: [person.email],
    subject: oneLine(`Gatehouse: ${subject}`),
    text: [
      `Hello ${oneLine(person.name)},`,
      "",
      ...lines.map(oneLine),
      "",
      `If this was you, there is nothing to do. If it was not, change your password and end the sessions that are not yours: ${account}`,
      "",
    ].join("\n"),
  };
  afterwards(() => deliver(mail));
}
