import { env } from "#lib/env.ts";
import type { Mail } from "#lib/mail/mailer.ts";
import { paths } from "#lib/paths.ts";
import { LINK_MINUTES } from "./rules.ts";

// No mail holds a name: whoever chooses one could have us send their words to anybody.
const page = (path: string) => new URL(path, env.consoleUrl).href;
const mail = (to: string, subject: string, lines: readonly string[]): Mail => ({
  to: [to],
  subject: `Gatehouse: ${subject}`,
  text: `${lines.join("\n")}\n`,
});

const ONCE = `It works once, for ${LINK_MINUTES} minutes, and not any more when another one is asked for.`;
const IF_NOT = "If it was not you, change your password and look at where you are signed in:";

/** Where a link to a new password leads; the secret is behind the #, which browsers do not send. */
export const resetAddress = (secret: string) => `${page(paths.resetPassword())}#${secret}`;
const verifyAddress = (secret: string) => `${page(paths.verifyEmail())}#${secret}`;

export const resetMail = (to: string, secret: string): Mail =>
  mail(to, "set a new password", [
    `Somebody asked for a new password for the account of ${to}. If it was you, open this link:`,
    resetAddress(secret),
    "",
    ONCE,
    "If it was not you, leave it: without the link nothing happens.",
  ]);

export const passwordChangedMail = (to: string): Mail =>
  mail(to, "your password was changed", [
    `The password of the account of ${to} was changed, and its other sessions were ended.`,
    "",
    "If it was you, there is nothing to do.",
    `If it was not you, ask for a new password at once: ${page(paths.forgotPassword())}`,
  ]);

export const verifyMail = (to: string, secret: string): Mail =>
  mail(to, "verify your e-mail address", [
    `Somebody who has an account says that ${to} is their address. If it is you, sign in and open this link:`,
    verifyAddress(secret),
    "",
    ONCE,
    "If you have no account, leave it: the link does nothing without the password of that account.",
  ]);

/** In place of a link, when the address is another account's. */
export const takenMail = (to: string): Mail =>
  mail(to, "your address already has an account", [
    `Somebody wanted to use ${to} for another account. It has one already, so nothing was changed.`,
    "",
    `If it was you, sign in with it: ${page(paths.signIn())}`,
  ]);

/** To the old address, so that whoever still has it learns of it. */
export const emailChangedMail = (to: string, now: string): Mail =>
  mail(to, "your e-mail address was changed", [
    `The account of ${to} has another address now: ${now}`,
    "",
    "If it was you, there is nothing to do.",
    `${IF_NOT} ${page(paths.account())}`,
    "If you cannot sign in any more, ask whoever runs this installation.",
  ]);
