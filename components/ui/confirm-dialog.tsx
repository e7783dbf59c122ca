"use client";
import { type ReactNode, useId, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Input } from "./input.tsx";
import { ErrorNotice } from "./notice.tsx";

type ConfirmDialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What exactly will change, for whom; loaded before the button can be pressed. */
  blastRadius: ReactNode;
  /** The verb and its true scope: "Revoke key", "Requeue 41". */
  confirmLabel: string;
  /** Does it; the dialog closes when it resolves and shows what it throws. */
  onConfirm: () => Promise<unknown>;
  tone?: "danger" | "primary";
  /** Only for what cannot be undone: the name to be typed first. */
  typeToConfirm?: string;
  disabledReason?: string | null;
};

/** The question before something that matters. What can be undone offers `toast.undo` instead. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    open,
    onClose,
    title,
    blastRadius,
    confirmLabel,
    onConfirm,
    tone = "danger",
    typeToConfirm,
  } = props;
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const nameField = useId();
  const cancel = useRef<HTMLButtonElement>(null);
  const unnamed = typeToConfirm !== undefined && typed !== typeToConfirm;

  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onClose={onClose}
      onClosed={() => {
        setTyped("");
        setError(null);
      }}
      title={title}
      size="small"
      held={busy}
      {...(typeToConfirm === undefined ? { initialFocus: cancel } : {})}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant={tone}
            loading={busy}
            disabledReason={props.disabledReason ?? (unnamed ? `Type ${typeToConfirm} first.` : null)}
            onClick={confirm}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <div>{blastRadius}</div>
        {typeToConfirm === undefined ? null : (
          <div>
            <label htmlFor={nameField} className="mb-1 block text-muted">
              This cannot be undone. Type <strong className="font-mono text-text">{typeToConfirm}</strong> to
              go on.
            </label>
            <Input
              id={nameField}
              mono
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onValueChange={setTyped}
            />
          </div>
        )}
        <ErrorNotice error={error} />
      </div>
    </Dialog>
  );
}
