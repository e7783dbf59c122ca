"use client";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import type { RotateDialogProps } from "./rotate-dialog.tsx";
import { useOnceOpen } from "./use-once-open.ts";

const RotateDialog = fetchedAhead(() => import("./rotate-dialog.tsx").then((module) => module.RotateDialog));

/** Replaces a key by a new one; fetched when it is first asked for. */
export function RotateKey(props: RotateDialogProps) {
  return useOnceOpen(props.apiKey !== null) ? <RotateDialog {...props} /> : null;
}
