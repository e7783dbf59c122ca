"use client";
import dynamic from "next/dynamic";
import type { RotateDialogProps } from "./rotate-dialog.tsx";
import { useOnceOpen } from "./use-once-open.ts";

const RotateDialog = dynamic(() => import("./rotate-dialog.tsx").then((module) => module.RotateDialog), {
  ssr: false,
});

/** Replaces a key by a new one; fetched when it is first asked for. */
export function RotateKey(props: RotateDialogProps) {
  return useOnceOpen(props.apiKey !== null) ? <RotateDialog {...props} /> : null;
}
