import { once } from "node:events";
import type { Server } from "node:net";
import { allDone } from "#lib/command/afterwards.ts";
import { createUser, signIn } from "#lib/sign-in/commands.ts";
import { type Browser, browser } from "#tests/harness/browser.ts";
import { mailServer } from "#tests/harness/mail-server.ts";

export const PASSWORD = "tangerine quilt zeppelin morse";
export const NEXT_PASSWORD = "walnut semaphore drizzle atlas";

export type Person = {
  userId: string;
  email: string;
  /** A browser in which they are signed in, at an address of its own. */
  browser: Browser;
  sessionId: string;
};

let people = 0;

/** Somebody new, with a password, signed in in one browser. */
export async function newPerson(differently: { email?: string; name?: string } = {}): Promise<Person> {
  const number = ++people;
  const email = differently.email ?? `person${number}@people.example`;
  const userId = await createUser({ email, name: differently.name ?? "Ada Lovelace", password: PASSWORD });
  return { userId, email, ...(await signInBrowser(email, `198.51.100.${number % 250}`)) };
}

/** Signs somebody in in a new browser. */
export async function signInBrowser(email: string, ip: string, password = PASSWORD) {
  const { sessionId } = await signIn({ email, password }, { ip, userAgent: "curl/8.5.0" });
  const own = browser(ip);
  await own.carry(sessionId);
  return { browser: own, sessionId };
}

/** The installation's mail server: what was sent, once everything that was to be sent is. */
export async function postOffice() {
  const { server, url, mails, envelopes } = await mailServer();
  process.env.SMTP_URL = url;
  return {
    /** Takes out what has come for this address, as plain text. */
    async take(email: string): Promise<string[]> {
      await allDone();
      const mine = mails.filter((text) => text.includes(`To: ${email}\r\n`));
      for (const text of mine) mails.splice(mails.indexOf(text), 1);
      return mine.map((text) => text.replaceAll("=\r\n", "").replaceAll("=3D", "="));
    },
    envelopes,
    mails,
    async close() {
      delete process.env.SMTP_URL;
      await closeServer(server);
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await Promise.race([closed, new Promise((resolve) => setImmediate(resolve))]);
}

/** The secret of the link that a mail holds. */
export function secretIn(mail: string | undefined): string {
  const secret = /#(ghl_[A-Za-z0-9_-]+)/.exec(mail ?? "")?.[1];
  if (!secret) throw new Error(`no link in ${mail}`);
  return secret;
}
