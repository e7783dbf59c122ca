"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { invalidItems, listError } from "#components/form/field-errors.ts";
import { Form } from "#components/form/form.tsx";
import { ListInput } from "#components/form/list-input.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import type { MemberRole, Role } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import type { NewInvitation } from "#lib/invitations/schema.ts";
import { grantableRoles, ROLE_MAY } from "#lib/members/rules.ts";
import { InvitationLinks } from "./invitation-links.tsx";

type InviteDialogProps = {
  tenant: string;
  role: Role;
  /** Whether the installation sends mail. */
  sendsMail: boolean;
  open: boolean;
  onClose: () => void;
  /** The list of invitations. */
  seeAll: string;
};

/** Invites people by their addresses; their links are shown once, as keys are. */
export function InviteDialog({ tenant, role, sendsMail, open, onClose, seeAll }: InviteDialogProps) {
  const client = useQueryClient();
  const [made, setMade] = useState<NewInvitation[] | null>(null);
  const first = useRef<HTMLInputElement>(null);
  return (
    <>
      <Dialog
        open={open && made === null}
        onClose={() => leaveTo(onClose)}
        title="Invite members"
        initialFocus={first}
        description="Each of them gets a link that works once, for their address alone, with or without an account."
      >
        <InviteForm
          tenant={tenant}
          role={role}
          sendsMail={sendsMail}
          first={first}
          onCancel={onClose}
          onMade={(invitations) => {
            setMade(invitations);
            onClose();
            void client.invalidateQueries({ queryKey: ["invitations", tenant] });
          }}
        />
      </Dialog>
      <InvitationLinks made={made} onDone={() => setMade(null)} seeAll={seeAll} />
    </>
  );
}

const DAYS = [1, 3, 7, 14, 30].map((days) => ({
  value: String(days),
  label: days === 1 ? "1 day" : `${days} days`,
}));

async function inviteSchema() {
  const { newInvitationsSchema } = await import("#lib/invitations/schema.ts");
  return newInvitationsSchema;
}

function InviteForm({
  tenant,
  role,
  sendsMail,
  first,
  onCancel,
  onMade,
}: Pick<InviteDialogProps, "tenant" | "role" | "sendsMail"> & {
  /** Becomes the field to begin with. */
  first: RefObject<HTMLInputElement | null>;
  onCancel: () => void;
  onMade: (made: NewInvitation[]) => void;
}) {
  const form = useForm({
    initial: { emails: [] as string[], role: "developer" as MemberRole, days: "7", sendMail: sendsMail },
    schema: inviteSchema,
    toInput: ({ days, ...values }) => ({ ...values, expiresInDays: Number(days) }),
    fields: ["emails", "role", "expiresInDays", "sendMail"],
    send: (input) => api.post<NewInvitation[]>(`/tenants/${encodeURIComponent(tenant)}/invitations`, input),
    onSaved: onMade,
  });
  const { values } = form;
  return (
    <Form
      aria-label="Invite members"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      inDialog
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            {values.emails.length > 1 ? `Invite ${values.emails.length} people` : "Invite"}
          </Button>
        </>
      }
    >
      <div
        className="space-y-4"
        ref={(fields) => {
          first.current = fields?.querySelector("input") ?? null;
        }}
      >
        <Field
          label="E-mail addresses"
          name="emails"
          error={listError(form.errors, "emails", values.emails)}
          hint="Enter or a comma ends one; several can be pasted at once."
        >
          <ListInput
            value={values.emails}
            onValueChange={(emails) => form.set({ emails })}
            separator="words"
            placeholder="name@company.com"
            invalid={invalidItems(form.errors, "emails")}
            mono={false}
          />
        </Field>
        <Field label="Role" name="role" error={form.errorAt("role")}>
          <Select
            value={values.role}
            onValueChange={(next) => form.set({ role: next })}
            options={grantableRoles(role as MemberRole).map((each) => ({
              value: each,
              label: each,
              hint: `May ${ROLE_MAY[each]}.`,
            }))}
          />
        </Field>
        <Field label="The link works for" name="expiresInDays" error={form.errorAt("expiresInDays")}>
          <Select value={values.days} onValueChange={(days) => form.set({ days })} options={DAYS} />
        </Field>
        <Checkbox
          checked={values.sendMail}
          onCheckedChange={(sendMail) => form.set({ sendMail })}
          label="Send the link by mail"
          hint="You get links to copy either way, in case a mail does not arrive."
          disabledReason={
            sendsMail ? null : "This installation sends no mail: copy the links and send them yourself."
          }
        />
      </div>
    </Form>
  );
}
