"use client";
import { FileUp, X } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Textarea } from "#components/ui/input.tsx";
import { MAX_DOCUMENT_CHARACTERS } from "#lib/openapi/rules.ts";

/** A document and where it came from; a file's text is not put into the text field, which would be slow. */
export type SourceText = { text: string; file: string | null };

const size = (characters: number) =>
  characters < 1_024 * 1_024
    ? `${Math.ceil(characters / 1_024)} KiB`
    : `${(characters / 1_048_576).toFixed(1)} MiB`;

/** Paste a document, choose its file or drop it here. */
export function DocumentSource({
  source,
  onChange,
}: {
  source: SourceText;
  onChange: (source: SourceText) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const take = async (file: File | undefined) => {
    setOver(false);
    if (!file) return;
    if (file.size > 2 * MAX_DOCUMENT_CHARACTERS) {
      setProblem(`${file.name} is ${size(file.size)}; a document may have ${size(MAX_DOCUMENT_CHARACTERS)}.`);
      return;
    }
    setProblem(null);
    onChange({ text: await file.text(), file: file.name });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };

  return (
    <section
      aria-label="Document"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cx("rounded-md border border-dashed p-3", over ? "border-focus bg-selected" : "border-edge")}
    >
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted">Drop a file here, choose one, or paste the document.</p>
        <input
          ref={input}
          type="file"
          accept=".json,.yaml,.yml,application/json,application/yaml,text/yaml"
          className="sr-only"
          tabIndex={-1}
          aria-label="OpenAPI file"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <Button icon={<FileUp aria-hidden size={14} />} onClick={() => input.current?.click()}>
          Choose file
        </Button>
      </div>
      {source.file ? (
        <div className="flex flex-wrap items-center gap-2 rounded-md bg-surface px-3 py-2">
          <span className="min-w-0 truncate font-medium">{source.file}</span>
          <span className="text-muted">{size(source.text.length)}</span>
          <Button
            variant="quiet"
            size="small"
            icon={<X aria-hidden size={14} />}
            onClick={() => onChange({ text: "", file: null })}
          >
            Remove file
          </Button>
        </div>
      ) : (
        <Field
          label="OpenAPI document"
          hint="OpenAPI 3.0 or 3.1, as JSON or YAML. References to other files are not followed."
          error={problem}
        >
          <Textarea
            rows={8}
            mono
            spellCheck={false}
            placeholder={"openapi: 3.1.0\npaths:\n  /pets: …"}
            value={source.text}
            onValueChange={(text) => onChange({ text, file: null })}
          />
        </Field>
      )}
    </section>
  );
}
