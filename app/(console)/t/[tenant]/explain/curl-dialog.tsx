"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { type CurlRequest, parseCurl } from "./curl.ts";

/** Takes a curl line apart in this page; nothing of the line is sent anywhere. */
export function CurlDialog({
  tenant,
  open,
  onClose,
  onTake,
}: {
  tenant: string;
  open: boolean;
  onClose: () => void;
  onTake: (request: CurlRequest) => void;
}) {
  const [line, setLine] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const take = () => {
    const result = parseCurl(line, tenant);
    if (!result.ok) return setProblem(result.message);
    // The line may hold a key: it is forgotten as soon as it has been read.
    setLine("");
    setProblem(null);
    onTake(result.request);
  };
  const close = () => {
    setLine("");
    setProblem(null);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      size="large"
      title="Paste a curl"
      description="It is read in this page. A key in it is not sent: only its SHA-256 is, to look the key up."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            onClick={take}
            disabledReason={line.trim() ? null : "Paste a line first."}
          >
            Use this request
          </Button>
        </>
      }
    >
      <Field label="curl" error={problem}>
        <Textarea
          mono
          rows={8}
          value={line}
          onValueChange={(text) => {
            setLine(text);
            setProblem(null);
          }}
          spellCheck={false}
          autoComplete="off"
          placeholder={
            "curl -X POST 'https://…/gw/acme/v1/users' \\\n  -H 'X-Api-Key: gh_…' \\\n  --json '{}'"
          }
        />
      </Field>
    </Dialog>
  );
}
