import nodemailer from "nodemailer";

/** A message in plain text. Nothing of it may end a line of the header: `oneLine` makes sure. */
export type Mail = { to: string[]; subject: string; text: string };

const PATIENCE_MS = 20_000;

/** Sends mail through the mail server at `smtpUrl`, as `from`. */
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
    send: async ({ to, subject, text }: Mail): Promise<void> => {
      await transport.sendMail({ from, to, subject, text });
    },
    close: () => transport.close(),
  };
}
