"use client";
import { useEffect, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import type { MemberRole, Role } from "#lib/access/permissions.ts";
import { aRole, grantableRoles, ROLE_MAY } from "#lib/members/rules.ts";
import type { Member } from "#lib/members/schema.ts";

type RoleDialogProps = {
  open: boolean;
  member: Member;
  /** Of whoever gives it. */
  role: Role;
  onClose: () => void;
  onSave: (role: MemberRole) => Promise<void>;
};

/** Asks which role a member is to have; offers none above one's own. */
export function RoleDialog({ open, member, role, onClose, onSave }: RoleDialogProps) {
  const [next, setNext] = useState<MemberRole>(member.role);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (open) setNext(member.role);
    setError(null);
  }, [open, member.role]);
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSave(next);
      onClose();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const roles = grantableRoles(role as MemberRole);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      held={busy}
      size="small"
      title={`Change the role of ${member.name}`}
      description="It takes effect from their next request on."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            loading={busy}
            disabledReason={next === member.role ? `They are ${aRole(next)} already.` : null}
            onClick={() => void save()}
          >
            Change role
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <Field
          label="Role"
          hint={
            role === "owner"
              ? undefined
              : "Nobody gives a role above their own: only an owner makes an owner."
          }
        >
          <Select
            value={next}
            onValueChange={setNext}
            options={roles.map((each) => ({ value: each, label: each, hint: `May ${ROLE_MAY[each]}.` }))}
          />
        </Field>
        <ErrorNotice error={error} />
      </div>
    </Dialog>
  );
}
