"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";

const EnterDialog = fetchedAhead(() => import("./enter-dialog.tsx").then((module) => module.EnterDialog));

type Props = {
  tenant: { slug: string; name: string };
  /** Where to go inside. */
  to: string;
  primary?: boolean;
  /** Why nobody may, if nobody may. */
  refusal?: string | null;
};

/** Asks how and why, and enters the tenant. */
export function EnterButton({ tenant, to, primary, refusal }: Props) {
  const [open, setOpen] = useState<boolean | null>(null);
  return (
    <>
      <Button
        size={primary ? "medium" : "small"}
        variant={primary ? "primary" : "secondary"}
        disabledReason={refusal ?? null}
        onClick={() => setOpen(true)}
      >
        Enter {tenant.name}
      </Button>
      {open === null ? null : (
        <EnterDialog tenant={tenant} to={to} open={open} onClose={() => setOpen(false)} />
      )}
    </>
  );
}
