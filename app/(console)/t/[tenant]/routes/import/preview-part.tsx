"use client";
import { useMemo } from "react";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { ApiError } from "#lib/api/client.ts";
import type { OpenApiPreview } from "#lib/openapi/schema.ts";
import { choosable, filterOperations, importLabel, tagsOf } from "./choose-operations.ts";
import { ImportOptions, type Options } from "./import-options.tsx";
import { OperationList } from "./operation-list.tsx";
import { NoteList, STATE_OPTIONS } from "./operation-row.tsx";

const NOTES_SHOWN = 200;

type Props = {
  preview: OpenApiPreview;
  chosen: ReadonlySet<string>;
  options: Options;
  /** The options that the preview was made with. */
  read: Options;
  functions: readonly string[];
  error: unknown;
  busy: "preview" | "import" | null;
  refusal: string | null;
  onOptions: (options: Options) => void;
  onApply: () => void;
  onChosen: (chosen: ReadonlySet<string>) => void;
  onImport: () => void;
};

/** What a document would do to the draft: options, operations to choose from, and what is not understood. */
export function PreviewPart(props: Props) {
  const { preview, chosen, options, read, functions, error, busy, refusal } = props;
  const { operations } = preview;
  const url = useUrlState();
  const filter = { q: url.get("q"), tag: url.get("tag"), state: url.get("state") };
  const { q, tag, state } = filter;
  const visible = useMemo(() => filterOperations(operations, { q, tag, state }), [operations, q, tag, state]);
  const tags = useMemo(() => tagsOf(operations), [operations]);
  const picked = operations.filter(({ pointer }) => chosen.has(pointer));
  const open = picked.filter(({ auth }) => auth === "none").length;
  const changed = JSON.stringify(options) !== JSON.stringify(read);
  const details = error instanceof ApiError ? error.details : [];

  const choose = (pointers: readonly string[], wanted: boolean) => {
    const next = new Set(chosen);
    for (const pointer of pointers) {
      if (wanted) next.add(pointer);
      else next.delete(pointer);
    }
    props.onChosen(next);
  };
  const possible = choosable(visible);
  const noneChosen = picked.length === 0 ? "Choose at least one operation." : null;

  return (
    <div className="mt-8">
      <Section title={preview.title || "Operations"}>
        <ImportOptions
          preview={preview}
          options={options}
          functions={functions}
          onChange={props.onOptions}
          errorAt={(field) => details.find(({ path }) => path === field)?.message ?? null}
        />
        {changed ? (
          <div className="mt-3">
            <Button loading={busy === "preview"} onClick={props.onApply}>
              Apply and preview again
            </Button>
          </div>
        ) : null}
      </Section>
      <Section title={`${operations.length.toLocaleString("en")} operations`}>
        <FilterBar
          search="Search by method, path or name"
          filters={[
            { name: "state", label: "State", options: STATE_OPTIONS },
            ...(tags.length > 0
              ? [
                  {
                    name: "tag",
                    label: "Tag",
                    options: [
                      { value: "", label: "Any tag" },
                      ...tags.map((value) => ({ value, label: value })),
                    ],
                  },
                ]
              : []),
          ]}
        >
          <Button
            size="small"
            disabledReason={possible.length === 0 ? "None of these can be imported." : null}
            onClick={() => choose(possible, true)}
          >
            {`Choose ${possible.length.toLocaleString("en")}`}
          </Button>
          <Button
            size="small"
            onClick={() =>
              choose(
                visible.map(({ pointer }) => pointer),
                false,
              )
            }
          >
            Choose none
          </Button>
        </FilterBar>
        {visible.length > 0 ? (
          <OperationList
            operations={visible}
            chosen={chosen}
            onChoose={(pointer, wanted) => choose([pointer], wanted)}
          />
        ) : (
          <p className="px-2 py-8 text-muted">
            No operation matches. Change the search or clear the filters.
          </p>
        )}
        <div className="mt-4 space-y-3">
          {open > 0 ? (
            <Notice
              tone="warn"
              title={
                open === 1
                  ? "1 chosen route is public"
                  : `${open.toLocaleString("en")} chosen routes are public`
              }
            >
              Anybody may call {open === 1 ? "it" : "them"} once published.
            </Notice>
          ) : null}
          <Button
            variant="primary"
            loading={busy === "import"}
            disabledReason={refusal ?? (changed ? "Apply the options first." : noneChosen)}
            onClick={props.onImport}
          >
            {importLabel(picked)}
          </Button>
        </div>
      </Section>
      <NotUnderstood preview={preview} />
    </div>
  );
}

function NotUnderstood({ preview }: { preview: OpenApiPreview }) {
  const { notes, notUnderstood } = preview;
  if (notUnderstood.length === 0) return null;
  return (
    <Section title="Not understood">
      <p className="mb-2 max-w-prose text-muted">
        What the document says and a route does not hold. Each operation lists its own; the rest is here.
      </p>
      <ul className="mb-3 flex flex-wrap gap-2">
        {notUnderstood.map(({ what, count }) => (
          <li key={what}>
            <Badge>{`${what} ${count.toLocaleString("en")}`}</Badge>
          </li>
        ))}
      </ul>
      <NoteList notes={notes.slice(0, NOTES_SHOWN)} />
      {notes.length > NOTES_SHOWN ? (
        <p className="mt-2 ml-6 text-muted text-xs">
          {`and ${(notes.length - NOTES_SHOWN).toLocaleString("en")} more, all of them in the API's answer`}
        </p>
      ) : null}
    </Section>
  );
}
