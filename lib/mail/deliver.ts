import { env } from "#lib/env.ts";
import { createMailer, type Mail } from "./mailer.ts";

/** What became of a message: on its way, not sent because no mail server is configured, or refused by it. */
export type Delivery = "sent" | "not_configured" | "failed";

let kept: { smtpUrl: string; mailer: ReturnType<typeof createMailer> } | null = null;

/**
 * Hands a message to the mail server of the installation (SMTP_URL) and says what became of it; never throws. The
 * server's own words can hold addresses of people, so only its code is logged. Called after the transaction that the
 * message tells of: a mail cannot be rolled back.
 */
export async function deliver(mail: Mail): Promise<Delivery> {
  const { smtpUrl, mailFrom } = env;
  if (!smtpUrl) return "not_configured";
  if (kept?.smtpUrl !== smtpUrl) {
    kept?.mailer.close();
    kept = { smtpUrl, mailer: createMailer(smtpUrl, mailFrom) };
  }
  try {
    await kept.mailer.send(mail);
    return "sent";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    console.error(JSON.stringify({ level: "error", msg: "a mail could not be sent", code }));
    return "failed";
  }
}
