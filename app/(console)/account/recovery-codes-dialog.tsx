"use client";
import { Download } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useUnsavedChanges } from "#components/form/unsaved-changes.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";

const LEAVING = {
  title: "Leave without the recovery codes?",
  lost: "They have not been stored yet, and nobody can show them again.",
};

/** Saves a text as a file, from this page alone. */
function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

type Props = {
  /** The codes, held by the page only while this dialog is open; null keeps the dialog shut. */
  codes: string[] | null;
  email: string;
  /** Drop the codes from the page's state here. */
  onDone: () => void;
  /** Where the focus goes afterwards: the dialog that led here is gone by then. */
  finalFocus: RefObject<HTMLElement | null>;
};

/**
 * Recovery codes, shown once. The dialog stays open until they were copied or saved, or the person says that they are
 * stored, and leaving before that asks. A page that is left drops them.
 */
export function RecoveryCodesDialog({ codes, email, onDone, finalFocus }: Props) {
  const [safe, setSafe] = useState(false);
  const guard = useUnsavedChanges(codes !== null && !safe, LEAVING);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    if (codes === null) return;
    // Browsers keep whole pages for the back button, with all that they show.
    const drop = () => flushSync(() => done.current());
    window.addEventListener("pagehide", drop);
    return () => window.removeEventListener("pagehide", drop);
  }, [codes]);
  const list = codes?.join("\n") ?? "";
  const save = () => {
    const about = `Recovery codes for ${email} at ${location.host}. Each works once, in place of a code or a passkey.`;
    download("gatehouse-recovery-codes.txt", `${about}\n\n${list}\n`);
    setSafe(true);
  };
  return (
    <>
      <Dialog
        open={codes !== null}
        onClose={onDone}
        onClosed={() => setSafe(false)}
        held
        finalFocus={finalFocus}
        title="Store your recovery codes"
        description="They are shown this once. Each signs you in one time when your phone or passkey is lost."
        footer={
          <Button
            variant="primary"
            disabledReason={safe ? null : "Copy or save them first, or tick the box."}
            onClick={onDone}
          >
            Done
          </Button>
        }
      >
        <div className="space-y-4">
          <ul
            data-secret
            translate="no"
            aria-label="Recovery codes"
            className="grid gap-x-6 gap-y-1.5 rounded-md border border-edge bg-surface p-3 font-mono text-sm sm:grid-cols-2"
          >
            {codes?.map((code) => (
              <li key={code} className="select-all">
                {code}
              </li>
            ))}
          </ul>
          <div className="flex flex-wrap gap-2">
            <CopyButton value={list} label="Copy all" variant="primary" onCopied={() => setSafe(true)} />
            <Button icon={<Download aria-hidden size={14} />} onClick={save}>
              Save as text
            </Button>
          </div>
          <Notice tone="warn">
            Without them, a lost phone means asking whoever runs this console. Keep them where you keep
            passwords, not on the phone itself.
          </Notice>
          <Checkbox checked={safe} onCheckedChange={setSafe} label="I have stored them" />
        </div>
      </Dialog>
      {guard}
    </>
  );
}
