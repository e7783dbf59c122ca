import { randomBytes } from "node:crypto";
import { pathToFileURL } from "node:url";
import { createUser } from "#lib/sign-in/commands.ts";
import { emailSchema } from "#lib/sign-in/schema.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";

const USAGE = 'Say who: npm run create-user -- you@example.com "Your Name" [--operator]';

/**
 * Makes an account with a generated password, or gives an existing one a new password and ends its sessions, and prints it
 * once. It is
 * how an installation without the demo gets its first person; needs the console's CONSOLE_DATABASE_URL.
 */
async function main(): Promise<number> {
  const [email, name, ...flags] = process.argv.slice(2);
  const unknown = flags.some((flag) => flag !== "--operator");
  if (!emailSchema.safeParse(email).success || !name?.trim() || unknown) throw new StartFailure(USAGE);
  if (!process.env.CONSOLE_DATABASE_URL) {
    throw new StartFailure("CONSOLE_DATABASE_URL is not set: give the console's own database address.");
  }
  // 15 random bytes: no policy has anything to say about it.
  const password = randomBytes(15).toString("base64url");
  await createUser({ email: email as string, name, password, isOperator: flags.includes("--operator") });
  console.log(`${email} can sign in with the password ${password}`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // The pool that the command opened would keep the process alive.
  process.exit(await main().catch(reportFailure));
}
