"use client";
import { CodeBlock } from "#components/code/code-block.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";

const VERIFY = `import { Webhook } from "standardwebhooks";

// The body exactly as it came, before anything parses it.
const event = new Webhook(process.env.WEBHOOK_SECRET).verify(body, headers);
// The same event may come more than once: remember headers["webhook-id"].`;

/** The signing secret, once, with what a receiver does with it. */
export function WebhookSecret({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <SecretDialog
      secret={secret}
      onDone={onDone}
      title="The webhook's signing secret"
      ifLost="If it is lost, rotate it: a new one is shown once, and for a while both sign."
    >
      <CodeBlock code={VERIFY} language="text" label="In the receiver, with a library of Standard Webhooks" />
    </SecretDialog>
  );
}
