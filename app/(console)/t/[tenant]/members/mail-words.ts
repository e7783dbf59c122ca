import type { Invitation, MailState } from "#lib/invitations/schema.ts";

const count = (made: readonly Pick<Invitation, "mail">[], ...states: MailState[]) =>
  made.filter(({ mail }) => states.includes(mail)).length;

/** Whether the mails of new invitations went out, honestly and in one sentence. */
export function mailWords(made: readonly Pick<Invitation, "mail" | "email">[]): {
  tone: "info" | "warn";
  text: string;
} {
  const sent = count(made, "sent");
  const failed = made.filter(({ mail }) => mail === "failed").map(({ email }) => email);
  const limited = made.filter(({ mail }) => mail === "limited").map(({ email }) => email);
  if (sent === made.length) {
    return {
      tone: "info",
      text:
        made.length === 1
          ? "The mail is on its way, with a link of its own."
          : "All mails are on their way, each with a link of its own.",
    };
  }
  const copy = "Copy the link and send it yourself.";
  if (failed.length === 0 && limited.length === 0 && sent === 0) {
    return { tone: "warn", text: `No mail was sent. ${copy}` };
  }
  const parts = [
    failed.length > 0 ? `The mail server did not take the mail to ${failed.join(", ")}.` : "",
    limited.length > 0 ? `No mail went to ${limited.join(", ")}: enough have been sent for now.` : "",
    sent > 0 ? `${sent} went out.` : "",
  ];
  return { tone: "warn", text: `${parts.filter(Boolean).join(" ")} ${copy}` };
}

/** What a row of the list says about its mail. */
export const MAIL_STATE_WORDS: Record<MailState, string> = {
  none: "no mail",
  sending: "being sent",
  sent: "mail sent",
  failed: "mail failed",
  limited: "no mail: enough sent for now",
};
