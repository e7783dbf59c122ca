import { userInfo } from "node:os";
import { pathToFileURL } from "node:url";
import { allDone } from "#lib/command/afterwards.ts";
import { resetSecondFactors } from "#lib/second-factors/commands.ts";
import { emailSchema } from "#lib/sign-in/schema.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";

const USAGE = "Say whose: npm run reset-second-factor -- you@example.com";

/**
 * Takes the authenticator app, passkeys and recovery codes of somebody who has lost them away, ends their sessions,
 * writes it down in their security activity and tells them by mail. Whoever runs it makes sure first who is asking;
 * needs the console's CONSOLE_DATABASE_URL.
 */
async function main(): Promise<number> {
  const [email, ...more] = process.argv.slice(2);
  const parsed = emailSchema.safeParse(email);
  if (!parsed.success || more.length > 0) throw new StartFailure(USAGE);
  if (!process.env.CONSOLE_DATABASE_URL) {
    throw new StartFailure("CONSOLE_DATABASE_URL is not set: give the console's own database address.");
  }
  const taken = await resetSecondFactors(parsed.data, `the command line (${userInfo().username})`);
  if (!taken) throw new StartFailure(`There is no account with the address ${parsed.data}.`);
  await allDone();
  const { apps, passkeys } = taken;
  const what = `${apps === 1 ? "1 authenticator app" : "no authenticator app"} and ${passkeys} ${passkeys === 1 ? "passkey" : "passkeys"}`;
  console.log(
    `Took ${what} of ${parsed.data} away, and ended their sessions. The password alone signs in now.`,
  );
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // The pool that the command opened would keep the process alive.
  process.exit(await main().catch(reportFailure));
}
