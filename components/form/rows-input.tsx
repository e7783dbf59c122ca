"use client";
import { Plus, X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { NoteText } from "./field.tsx";
import { type FieldNote, useFieldNotes } from "./field-notes.ts";

/** Rows of a few controls each, under one label: added at the end, taken away one by one. */
export function RowsInput<Row>({
  label,
  hint,
  error,
  name,
  rows,
  onRowsChange,
  empty,
  addLabel,
  rowName,
  children,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  /** The path of the whole in the document that is sent. */
  name: string;
  rows: readonly Row[];
  onRowsChange: (rows: Row[]) => void;
  /** What a new row holds. */
  empty: Row;
  addLabel: string;
  /** What a row is called where it is taken away: "header X-A". */
  rowName: (row: Row, index: number) => string;
  /** The controls of a row; each has a label of its own. */
  children: (row: Row, change: (next: Partial<Row>) => void, index: number) => ReactNode;
}) {
  const group = useRef<HTMLFieldSetElement>(null);
  const notes: readonly FieldNote[] = useFieldNotes(name);
  const focusLast = () =>
    requestAnimationFrame(() => {
      const controls = group.current?.querySelectorAll<HTMLElement>(
        "[data-row]:last-of-type :is(input, select)",
      );
      (controls?.[0] ?? group.current?.querySelector<HTMLElement>("button"))?.focus();
    });
  return (
    <fieldset ref={group} data-field={name} className="min-w-0">
      <legend className="mb-1 font-medium">{label}</legend>
      <div className="space-y-2">
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <div key={index} data-row="" className="flex items-start gap-2">
            {children(
              row,
              (next) => onRowsChange(rows.map((one, place) => (place === index ? { ...one, ...next } : one))),
              index,
            )}
            <IconButton
              label={`Remove ${rowName(row, index)}`}
              icon={<X aria-hidden size={14} />}
              onClick={() => {
                onRowsChange(rows.filter((_, place) => place !== index));
                focusLast();
              }}
            />
          </div>
        ))}
        <Button
          size="small"
          icon={<Plus aria-hidden size={14} />}
          onClick={() => {
            onRowsChange([...rows, empty]);
            focusLast();
          }}
        >
          {addLabel}
        </Button>
      </div>
      {error ? (
        <p role="alert" className="mt-1 text-bad text-xs">
          {error}
        </p>
      ) : null}
      {notes.map((note) => (
        <p key={note.message} className="mt-1 text-xs">
          <NoteText note={note} />
        </p>
      ))}
      {hint ? <p className="mt-1 text-muted text-xs">{hint}</p> : null}
    </fieldset>
  );
}
