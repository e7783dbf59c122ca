"use client";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy.tsx";
import { Dialog } from "./dialog.tsx";
import { Notice } from "./notice.tsx";
import { Checkbox } from "./toggle.tsx";

type SecretDialogProps = {
  /** The secret, held by the page only while this dialog is open; null keeps the dialog shut. */
  secret: string | null;
  /** Drop the secret from the page's state here. */
  onDone: () => void;
  title: string;
  /** What it opens and where it goes, perhaps a curl that reads it from a variable. */
  children?: ReactNode;
};

/** A secret that is shown once. It stays open until the person says that the secret is stored. */
export function SecretDialog({ secret, onDone, title, children }: SecretDialogProps) {
  const [stored, setStored] = useState(false);
  return (
    <Dialog
      open={secret !== null}
      onClose={onDone}
      onClosed={() => setStored(false)}
      held
      title={title}
      description="It is shown this once. Nobody, not even this console, can show it again."
      footer={
        <Button
          variant="primary"
          disabledReason={stored ? null : "Copy it to a safe place first, then tick the box."}
          onClick={onDone}
        >
          Done
        </Button>
      }
    >
      <div className="space-y-4">
        <div className="flex flex-col gap-2 rounded-md border border-edge bg-surface p-3 sm:flex-row sm:items-center">
          <code data-secret className="min-w-0 flex-1 select-all break-all font-mono text-sm">
            {secret}
          </code>
          <CopyButton value={secret ?? ""} variant="primary" />
        </div>
        {children}
        <Notice tone="warn">If it is lost, revoke it and make another.</Notice>
        <Checkbox checked={stored} onCheckedChange={setStored} label="I have stored it" />
      </div>
    </Dialog>
  );
}
