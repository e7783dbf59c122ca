import nodemailer from "nodemailer";
import type { Notice } from "./send.ts";

const PATIENCE_MS = 20_000;

/** Sends notices through the mail server at `smtpUrl`, as `from`. */
export function createMailer(smtpUrl: string, from: string) {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async ({ to, subject, text }: Notice): Promise<void> => {
      await transport.sendMail({ from, to, subject, text });
    },
    close: () => transport.close(),
  };
}
