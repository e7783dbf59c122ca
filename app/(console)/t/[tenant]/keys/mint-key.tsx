"use client";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import type { MintDialogProps } from "./mint-dialog.tsx";
import { useOnceOpen } from "./use-once-open.ts";

const MintDialog = fetchedAhead(() => import("./mint-dialog.tsx").then((module) => module.MintDialog));

/** Makes a key and shows it, once; fetched when it is first asked for. */
export function MintKey(props: MintDialogProps) {
  return useOnceOpen(props.open) ? <MintDialog {...props} /> : null;
}
