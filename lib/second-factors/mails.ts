import { env } from "#lib/env.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { oneLine } from "#lib/mail/rules.ts";
import { paths } from "#lib/paths.ts";

/** Who is told about their own account. */
export type Addressee = { email: string; name: string };

/**
 * Tells a person what has changed in how they sign in, so that they learn of it when it was somebody else. Called after
 * the change is done; where no mail is sent, the account page tells it all the same.
 */
export async function tell(person: Addressee, subject: string, lines: readonly string[]): Promise<void> {
  const account = new URL(paths.account(), env.consoleUrl).href;
  await deliver({
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
  });
}
