"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useUnsavedChanges } from "#components/form/unsaved-changes.tsx";
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
  /** What to do when it is lost. */
  ifLost?: string;
  /** What it opens and where it goes, perhaps a curl that reads it from a variable. */
  children?: ReactNode;
};

const LEAVING = {
  title: "Leave without the secret?",
  lost: "It has not been copied yet, and nobody can show it again.",
};

/**
 * A secret that is shown once. It stays open until the secret was copied or the person says that it is stored, and
 * leaving before that asks. A page that is left drops it, so that the way back cannot bring it up again.
 */
export function SecretDialog({
  secret,
  onDone,
  title,
  ifLost = "If it is lost, revoke it and make another.",
  children,
}: SecretDialogProps) {
  const [copied, setCopied] = useState(false);
  const [stored, setStored] = useState(false);
  const safe = copied || stored;
  const guard = useUnsavedChanges(secret !== null && !safe, LEAVING);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    if (secret === null) return;
    // Browsers keep whole pages for the back button, with all that they show.
    const drop = () => flushSync(() => done.current());
    window.addEventListener("pagehide", drop);
    return () => window.removeEventListener("pagehide", drop);
  }, [secret]);
  return (
    <>
      <Dialog
        open={secret !== null}
        onClose={onDone}
        onClosed={() => {
          setCopied(false);
          setStored(false);
        }}
        held
        title={title}
        description="It is shown this once. Nobody, not even this console, can show it again."
        footer={
          <Button
            variant="primary"
            disabledReason={safe ? null : "Copy it to a safe place first, or tick the box."}
            onClick={onDone}
          >
            Done
          </Button>
        }
      >
        <div className="space-y-4">
          <div className="flex flex-col gap-2 rounded-md border border-edge bg-surface p-3 sm:flex-row sm:items-center">
            <code
              data-secret
              translate="no"
              className="min-w-0 flex-1 select-all whitespace-pre-wrap break-all font-mono text-sm"
            >
              {secret}
            </code>
            <CopyButton value={secret ?? ""} variant="primary" onCopied={() => setCopied(true)} />
          </div>
          {children}
          <Notice tone="warn">{ifLost}</Notice>
          <Checkbox checked={stored} onCheckedChange={setStored} label="I have stored it" />
        </div>
      </Dialog>
      {guard}
    </>
  );
}
