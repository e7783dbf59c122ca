"use client";
import { type FormEvent, type RefObject, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { makePasskey, PasskeyProblem } from "#components/shell/passkey-ceremony.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { ApiError, api } from "#lib/api/client.ts";

/** What is asked before a passkey is made, and for renaming one: its name. */
export function PasskeyDialog({
  passkey,
  suggestion,
  onClose,
  onDone,
  finalFocus,
}: {
  /** The one that is renamed; null makes a new one. */
  passkey: { id: string; name: string } | null;
  suggestion: string;
  onClose: () => void;
  onDone: (recoveryCodes: string[] | null) => void;
  /** Where the focus goes when it is closed; to what opened it when left out. */
  finalFocus?: RefObject<HTMLElement | null>;
}) {
  const [name, setName] = useState(passkey?.name ?? suggestion);
  const [open, setOpen] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wrong =
    error instanceof ApiError && error.status === 422
      ? error.details.find(({ path }) => path === "name")?.message
      : null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      if (passkey) {
        await api.patch(`/me/passkeys/${passkey.id}`, { name });
        onDone(null);
      } else {
        const response = await makePasskey();
        const made = await api.post<{ recoveryCodes: string[] | null }>("/me/passkeys", { name, response });
        onDone(made.recoveryCodes);
      }
      setOpen(false);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onClose={() => setOpen(false)}
      onClosed={onClose}
      held={busy}
      {...(finalFocus ? { finalFocus } : {})}
      size="small"
      title={passkey ? "Rename passkey" : "Add a passkey"}
      description={
        passkey
          ? undefined
          : "Your browser asks for a finger, your face or a PIN, and keeps the passkey or brings it to your other devices."
      }
    >
      <form noValidate onSubmit={submit} className="space-y-4">
        <Field label="Name" hint="So that you know it among others." error={wrong}>
          <Input value={name} onValueChange={setName} maxLength={120} autoFocus autoComplete="off" />
        </Field>
        {error instanceof PasskeyProblem ? (
          <div role="alert">
            <Notice tone="bad">{error.message}</Notice>
          </div>
        ) : error && !wrong ? (
          <ErrorNotice error={error} />
        ) : null}
        <Button
          type="submit"
          variant="primary"
          className="w-full"
          loading={busy}
          disabledReason={name.trim() ? null : "Give it a name first."}
        >
          {passkey ? "Rename passkey" : "Make passkey"}
        </Button>
      </form>
    </Dialog>
  );
}
