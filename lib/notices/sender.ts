import { createMailer } from "#lib/mail/mailer.ts";
import { sendKeyNotices } from "./send.ts";

const EVERY_MS = 3_600_000;

type Options = {
  smtpUrl: string;
  from: string;
  consoleUrl: string;
  /** One line of the log. The mail server's own words can hold addresses of people; they are not repeated. */
  log: (line: { msg: string; [field: string]: unknown }) => void;
  now?: () => Date;
  everyMs?: number;
};

const codeOf = (error: unknown) =>
  error instanceof Error && "code" in error
    ? String(error.code)
    : error instanceof Error
      ? error.name
      : "unknown";

/** Sends notices now and every hour from now on; `stop` waits for what is being sent. */
export function startKeyNotices(options: Options): { stop: () => Promise<void> } {
  const { smtpUrl, from, consoleUrl, log, now = () => new Date(), everyMs = EVERY_MS } = options;
  const mailer = createMailer(smtpUrl, from);
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    try {
      const sent = await sendKeyNotices({
        now: now(),
        consoleUrl,
        send: mailer.send,
        onFailure: (error, tenantId) =>
          log({ msg: "a notice of expiring keys could not be sent", tenantId, code: codeOf(error) }),
      });
      if (sent) log({ msg: "sent notices of expiring keys", sent });
    } catch (error) {
      log({ msg: "could not look for expiring keys", code: codeOf(error) });
    }
  }
  const tick = () => {
    running ??= run().finally(() => {
      running = null;
    });
  };
  tick();
  const timer = setInterval(tick, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
      mailer.close();
    },
  };
}
