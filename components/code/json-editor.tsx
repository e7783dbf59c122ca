"use client";
import { fetchedWhenShown } from "#components/ui/fetched-ahead.tsx";
import type { ErrorDetail } from "#lib/contract/errors.ts";

export type JsonEditorProps = {
  value: string;
  onValueChange: (value: string) => void;
  /** What is edited: its name for those who do not see it, and its heading. */
  label: string;
  /** The path of the field in the document that is sent. */
  name?: string;
  /** What is wrong with it, said below it. */
  error?: string | null;
  hint?: string;
  /** Mistakes at places inside it, by path (`/properties/age`). */
  problems?: readonly ErrorDetail[];
  placeholder?: string;
};

/** An editor for a JSON text: coloured, foldable, searchable (Ctrl/⌘ F), checked while typing. Fetched when shown. */
export const JsonEditor = fetchedWhenShown<JsonEditorProps>(
  () => import("./json-editor-view.tsx").then((module) => module.JsonEditorView),
  <div aria-hidden className="h-45 rounded-md border border-edge bg-surface" />,
);
