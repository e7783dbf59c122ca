"use client";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import type { ClaimDialogProps } from "./claim-dialog.tsx";
import { useOnceOpen } from "./use-once-open.ts";

const ClaimDialog = fetchedAhead(() => import("./claim-dialog.tsx").then((module) => module.ClaimDialog));

/** Makes a claim link and shows it, once; fetched when it is first asked for. */
export function HandOverKey(props: ClaimDialogProps) {
  return useOnceOpen(props.open) ? <ClaimDialog {...props} /> : null;
}
