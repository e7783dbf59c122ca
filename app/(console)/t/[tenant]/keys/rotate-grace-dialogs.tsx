"use client";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKey } from "#lib/keys/schema.ts";
import { graceSecondsOf, USUAL_GRACE } from "./rotate-grace.ts";
import { RotateGraceField } from "./rotate-grace-field.tsx";

type GraceDialogsProps = {
  tenant: string;
  old: ApiKey;
  /** Requests with the old key in this hour and the last; null while that is not known. */
  usedLately: number | null;
  acting: "extend" | "cut" | null;
  refusal: string | null;
  onClose: () => void;
  onChanged: () => void;
};

/** Gives a replaced key more time, or none. */
export function GraceDialogs(props: GraceDialogsProps) {
  const { tenant, old, usedLately, acting, refusal, onClose, onChanged } = props;
  const change = (graceSeconds: number) =>
    api.post<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys/${old.id}/grace`, { graceSeconds });
  return (
    <>
      <Dialog
        open={acting === "extend"}
        onClose={onClose}
        size="small"
        title="Extend the old key"
        description="The time counts from now and replaces what is left."
      >
        <ExtendForm
          old={old}
          refusal={refusal}
          change={change}
          onCancel={onClose}
          onDone={() => {
            onChanged();
            onClose();
            toast.success("The old key works on", "Every gateway knows within moments.");
          }}
        />
      </Dialog>
      <ConfirmDialog
        open={acting === "cut"}
        onClose={onClose}
        title="Cut off the old key?"
        confirmLabel="Cut off now"
        disabledReason={refusal}
        onConfirm={async () => {
          await change(0);
          onChanged();
          toast.success("The old key is cut off", "Callers that still send it get 401.");
        }}
        blastRadius={
          <div className="space-y-2">
            <p>
              <strong className="wrap-anywhere font-medium">{old.name}</strong> …{old.lastFour} expires at
              once and for good. Whoever still sends it gets 401. Last used{" "}
              <RelativeTime at={old.lastUsedAt} />.
            </p>
            <p>
              {usedLately === null
                ? "How much it was used lately is not known."
                : usedLately === 0
                  ? "It was not used in this hour and the last."
                  : `It was used ${usedLately.toLocaleString("en")} ${usedLately === 1 ? "time" : "times"} in this hour and the last.`}
            </p>
          </div>
        }
      />
    </>
  );
}

const graceSchema = () => import("#lib/keys/schema.ts").then(({ changeGraceSchema }) => changeGraceSchema);

type ExtendFormProps = {
  old: ApiKey;
  refusal: string | null;
  change: (graceSeconds: number) => Promise<ApiKey>;
  onCancel: () => void;
  onDone: () => void;
};

function ExtendForm({ old, refusal, change, onCancel, onDone }: ExtendFormProps) {
  const form = useForm({
    initial: USUAL_GRACE,
    schema: graceSchema,
    toInput: (values) => ({ graceSeconds: graceSecondsOf(values) }),
    fields: ["graceSeconds"],
    send: ({ graceSeconds }) => change(graceSeconds),
    onSaved: onDone,
  });
  return (
    <Form
      aria-label="Extend the old key"
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy} disabledReason={refusal}>
            Extend
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <RotateGraceField
          form={form}
          withoutNow
          label="Works on for"
          hint={old.expiresAt ? "Never longer than its own expiry." : "Up to 90 days."}
        />
      </div>
    </Form>
  );
}
