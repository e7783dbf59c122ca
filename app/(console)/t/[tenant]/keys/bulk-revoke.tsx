"use client";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import type { BulkRevoked } from "#lib/keys/schema.ts";
import { keysText } from "./key-words.ts";

const MOST_NAMED = 8;

/** Which keys: those chosen in the list, or those made before a moment that is asked for here. */
export type BulkOf = { ids: string[] } | "made before";

type BulkRevokeProps = {
  tenant: string;
  of: BulkOf | null;
  onClose: () => void;
  /** How many, one of them, and when the server had answered, by `performance.now()`. */
  onRevoked: (count: number, sampleId: string, at: number) => void;
};

/** Ends many keys after a leak: says how many and which before, and asks for the number and a reason. */
export function BulkRevoke({ tenant, of, onClose, onRevoked }: BulkRevokeProps) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant)}/keys/revoke`;
  const [reason, setReason] = useState("");
  const [before, setBefore] = useState("");
  const moment = before && !Number.isNaN(Date.parse(before)) ? new Date(before).toISOString() : null;
  const keys = of === "made before" ? (moment ? { madeBefore: moment } : null) : of;
  const preview = useQuery({
    queryKey: ["key-bulk", tenant, keys],
    enabled: keys !== null,
    staleTime: 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.post<BulkRevoked>(path, { keys, dryRun: true }, { signal }),
  });
  const count = keys ? (preview.data?.wouldRevoke ?? 0) : 0;
  const sample = keys ? (preview.data?.sample ?? []) : [];
  const chosen = of !== null && of !== "made before" ? of.ids.length : 0;

  const revoke = async () => {
    try {
      const done = await api.post<BulkRevoked>(path, { keys, expected: count, reason });
      const at = performance.now();
      setReason("");
      setBefore("");
      const first = done.sample[0];
      if (first) onRevoked(done.revoked, first.id, at);
    } catch (error) {
      // Another number than was previewed: the next press is on the number that is true now.
      void client.invalidateQueries({ queryKey: ["key-bulk", tenant] });
      throw error;
    }
  };

  const refusal =
    keys === null
      ? "Choose a day and a time first."
      : preview.isPending || preview.isPlaceholderData
        ? "Counting the keys."
        : count === 0
          ? "There is no key to revoke."
          : reason.trim() === ""
            ? "Say why first: it is kept in the audit log."
            : null;

  return (
    <ConfirmDialog
      open={of !== null}
      onClose={onClose}
      title={of === "made before" ? "Revoke all keys made before a moment?" : "Revoke the chosen keys?"}
      confirmLabel={count > 0 ? `Revoke ${keysText(count)}` : "Revoke keys"}
      {...(count > 0 ? { typeToConfirm: `revoke ${count}` } : {})}
      disabledReason={refusal}
      onConfirm={revoke}
      blastRadius={
        <div className="space-y-3">
          {of === "made before" ? (
            <Field
              label="Made before"
              hint="In your own time zone. Every key made earlier that is not revoked yet, expired ones too."
            >
              <Input type="datetime-local" value={before} onValueChange={setBefore} />
            </Field>
          ) : null}
          <ErrorNotice error={preview.error} />
          {keys && preview.isPending ? <Skeleton className="h-16 w-full" /> : null}
          {keys && preview.data ? (
            <div className="rounded-md border bg-surface px-3 py-2" aria-live="polite">
              <p>
                <strong className="font-medium">{keysText(count)}</strong> {count === 1 ? "gets" : "get"} 401
                from every gateway within milliseconds, for good
                {sample.length > 0 ? ":" : "."}
                {chosen > count
                  ? ` ${keysText(chosen - count)} of those chosen ${chosen - count === 1 ? "is" : "are"} revoked already.`
                  : ""}
              </p>
              {sample.length > 0 ? (
                <ul className="mt-1">
                  {sample.slice(0, MOST_NAMED).map((key) => (
                    <li key={key.id} className="flex items-baseline justify-between gap-3">
                      <span className="min-w-0 truncate">{key.name}</span>
                      <span className="whitespace-nowrap font-mono text-muted text-xs">…{key.lastFour}</span>
                    </li>
                  ))}
                  {count > MOST_NAMED ? (
                    <li className="text-muted">and {(count - MOST_NAMED).toLocaleString("en")} more</li>
                  ) : null}
                </ul>
              ) : null}
            </div>
          ) : null}
          <Field label="Reason" hint="Kept in the audit log.">
            <Input maxLength={500} required value={reason} onValueChange={setReason} />
          </Field>
        </div>
      }
    />
  );
}
