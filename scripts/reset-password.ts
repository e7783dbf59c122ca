import { pathToFileURL } from "node:url";
import { resetLinkFor } from "#lib/account/commands.ts";
import { emailSchema } from "#lib/sign-in/schema.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";

const USAGE = "Say whose: npm run reset-password -- you@example.com";

/**
 * Prints a one-time link to a new password, for somebody who cannot get it by mail; hand it to them on a way that
 * nobody else reads. Needs the console's CONSOLE_DATABASE_URL, and CONSOLE_URL where people reach the console.
 */
async function main(): Promise<number> {
  const [given, ...more] = process.argv.slice(2);
  const email = emailSchema.safeParse(given);
  if (!email.success || more.length > 0) throw new StartFailure(USAGE);
  if (!process.env.CONSOLE_DATABASE_URL) {
    throw new StartFailure("CONSOLE_DATABASE_URL is not set: give the console's own database address.");
  }
  const link = await resetLinkFor(email.data);
  if (!link) throw new StartFailure(`No account that may sign in has the address ${email.data}.`);
  console.log(
    `${email.data} can set a new password once, until ${link.expiresAt.toISOString()}, with\n${link.address}`,
  );
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // The pool that the command opened would keep the process alive.
  process.exit(await main().catch(reportFailure));
}
