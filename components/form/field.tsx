"use client";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { FieldPartsContext } from "#components/ui/field-parts.ts";
import { type FieldNote, useFieldNotes } from "./field-notes.ts";

type FieldProps = {
  label: string;
  /** What to put in, before anything went wrong. */
  hint?: ReactNode;
  /** What is wrong with what is there now; shown in place of nothing, and read with the control. */
  error?: string | null | undefined;
  /** The path of this field in the document that is sent, for the errors that come back. */
  name?: string;
  optional?: boolean;
  /** Something at the end of the label's line: a link, a count. */
  aside?: ReactNode;
  /** The label is for screen readers only, where a row or a heading says it to the eye. */
  hideLabel?: boolean;
  children: ReactNode;
};

/** What a note looks like under its field. */
export function NoteText({ note }: { note: FieldNote }) {
  const Icon = note.tone === "bad" ? CircleAlert : TriangleAlert;
  return (
    <span className={note.tone === "bad" ? "flex gap-1 text-bad" : "flex gap-1 text-warn"}>
      <Icon aria-hidden size={12} className="mt-0.5 shrink-0" />
      <span className="min-w-0">
        <span className="sr-only">{note.tone === "bad" ? "Blocks publishing: " : "Warning: "}</span>
        {note.message}
      </span>
    </span>
  );
}

/** A control with its label, hint and error, all connected. Put exactly one control of `components/ui` inside. */
export function Field({ label, hint, error, name, optional, aside, hideLabel, children }: FieldProps) {
  const notes = useFieldNotes(name);
  const id = useId();
  const said = [error && `${id}-error`, ...notes.map((_, at) => `${id}-note-${at}`), hint && `${id}-hint`];
  const parts = {
    controlId: `${id}-control`,
    describedBy: said.filter(Boolean).join(" ") || undefined,
    invalid: Boolean(error),
  };
  return (
    <div data-field={name} className="block min-w-0">
      <span className={hideLabel ? "sr-only" : "mb-1 flex items-baseline justify-between gap-3"}>
        <label htmlFor={parts.controlId} className="font-medium">
          {label}
          {optional ? <span className="ml-1.5 font-normal text-muted">optional</span> : null}
        </label>
        {aside ? <span className="text-muted text-xs">{aside}</span> : null}
      </span>
      <FieldPartsContext value={parts}>{children}</FieldPartsContext>
      {error ? (
        <div id={`${id}-error`} className="mt-1 text-bad text-xs">
          {error}
        </div>
      ) : null}
      {notes.map((note, at) => (
        <p key={note.message} id={`${id}-note-${at}`} className="mt-1 text-xs">
          <NoteText note={note} />
        </p>
      ))}
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-muted text-xs">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** Fields that belong together, under one heading. */
export function FieldGroup({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <fieldset className="space-y-4 border-t pt-4 pb-6">
      <legend className="float-left mb-1 w-full font-semibold text-base">{title}</legend>
      {description ? <p className="clear-both -mt-3 text-muted">{description}</p> : null}
      <div className="clear-both space-y-4">{children}</div>
    </fieldset>
  );
}
