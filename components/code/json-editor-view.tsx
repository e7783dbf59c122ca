"use client";
import { indentWithTab } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { Compartment, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderText } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useId, useRef } from "react";
import { NoteText } from "#components/form/field.tsx";
import { useFieldNotes } from "#components/form/field-notes.ts";
import { usePageNonce } from "#components/shell/page-nonce.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { cx } from "#components/ui/cx.ts";
import type { ErrorDetail } from "#lib/contract/errors.ts";
import type { JsonEditorProps } from "./json-editor.tsx";
import { editorTheme } from "./json-editor-theme.ts";
import { placeInJson } from "./json-place.ts";

const setProblems = StateEffect.define<readonly ErrorDetail[]>();
const problemsField = StateField.define<readonly ErrorDetail[]>({
  create: () => [],
  update: (value, transaction) =>
    transaction.effects.reduce((last, effect) => (effect.is(setProblems) ? effect.value : last), value),
});

const parses = jsonParseLinter();

/** Mistakes of syntax first; what others found wrong inside only while the text is JSON. */
function mistakes(view: EditorView): Diagnostic[] {
  const text = view.state.doc.toString();
  if (text.trim() === "") return [];
  const syntax = parses(view);
  if (syntax.length) return syntax;
  return view.state.field(problemsField).map(({ path, message }) => ({
    ...placeInJson(text, path),
    severity: "error",
    message,
  }));
}

const checks = linter(mistakes, {
  delay: 300,
  needsRefresh: (update) =>
    update.transactions.some((transaction) => transaction.effects.some((effect) => effect.is(setProblems))),
});

function formatted(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** The editor behind JsonEditor. */
export function JsonEditorView(props: JsonEditorProps) {
  const { value, onValueChange, label, name, error, hint, problems = [], placeholder } = props;
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const attributes = useRef(new Compartment());
  const change = useRef(onValueChange);
  change.current = onValueChange;
  const notes = useFieldNotes(name);
  const nonce = usePageNonce();
  const first = useRef({ value, placeholder, nonce });

  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      doc: first.current.value,
      extensions: [
        basicSetup,
        json(),
        problemsField,
        checks,
        lintGutter(),
        editorTheme,
        first.current.nonce ? EditorView.cspNonce.of(first.current.nonce) : [],
        EditorView.lineWrapping,
        // Escape, then Tab leaves: the editor lets the next Tab go after an Escape.
        keymap.of([indentWithTab]),
        attributes.current.of([]),
        placeholderText(first.current.placeholder ?? ""),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) change.current(update.state.doc.toString());
        }),
      ],
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const set = {
      "aria-label": label,
      "aria-describedby": `${id}-help`,
      "aria-invalid": error ? "true" : "false",
      spellcheck: "false",
      autocapitalize: "off",
    };
    view.current?.dispatch({
      effects: attributes.current.reconfigure(EditorView.contentAttributes.of(set)),
    });
  }, [label, error, id]);

  const told = JSON.stringify(problems);
  useEffect(() => {
    view.current?.dispatch({ effects: setProblems.of(JSON.parse(told) as ErrorDetail[]) });
  }, [told]);

  const pretty = formatted(value);
  return (
    <div data-field={name} className="min-w-0">
      <div
        className={cx(
          "overflow-hidden rounded-md border bg-canvas focus-within:outline-2 focus-within:outline-focus focus-within:-outline-offset-1",
          error ? "border-bad" : "border-edge",
        )}
      >
        <div className="flex min-h-9 items-center justify-between gap-2 border-b bg-surface py-0.5 pr-1 pl-3">
          <span className="min-w-0 truncate font-medium">{label}</span>
          <span className="flex items-center">
            <Button
              size="small"
              variant="quiet"
              disabledReason={
                value.trim() === "" ? "There is nothing yet." : pretty === null ? "It is not JSON yet." : null
              }
              onClick={() => pretty !== null && onValueChange(pretty)}
            >
              Format
            </Button>
            <CopyButton iconOnly size="small" variant="quiet" value={value} label={`Copy: ${label}`} />
          </span>
        </div>
        <div ref={place} />
      </div>
      <div id={`${id}-help`} className="mt-1 space-y-1 text-xs">
        {error ? <p className="text-bad">{error}</p> : null}
        {notes.map((note) => (
          <p key={note.message}>
            <NoteText note={note} />
          </p>
        ))}
        <p className="text-muted">{hint ? `${hint} ` : ""}Tab indents; Escape, then Tab, leaves.</p>
      </div>
    </div>
  );
}
