"use client";
import { ChevronLeft, ChevronRight, Plus, X } from "lucide-react";
import { type ClipboardEvent, useEffect, useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { METHODS } from "#lib/contract/methods.ts";
import { parsePattern } from "#lib/contract/path.ts";
import type { IdleReason } from "#lib/contract/rights-reach.ts";
import { EMPTY_ROW, type RightsRow, rowsOfLines, withPasted } from "./rights.ts";

const METHOD_OPTIONS = METHODS.map((method) => ({ value: method, label: method }));
const MOST_ROWS = 500;
/** Rows on the screen at once: hundreds of fields would make every key press slow. */
const PER_PAGE = 25;

const IDLE_WORDS: Record<IdleReason, string> = {
  no_route: "No live route is like this.",
  no_key_asked: "The live routes that are like this ask for no API key.",
  other_keys: "The live routes that are like this name the keys that they take.",
};

type RightsRowsProps = {
  rows: readonly RightsRow[];
  onRowsChange: (rows: RightsRow[]) => void;
  /** Why a row opens nothing, by its place. */
  idle: ReadonlyMap<number, IdleReason>;
  errorAt: (field: string) => string | null;
  /** The first row that has an error, which is then brought up; null without one. */
  firstWrong: number | null;
  /** What is wrong with the rows as a whole. */
  error: string | null;
};

/** Kinds of requests by hand, one per row; several lines can be pasted into any path. */
export function RightsRows({ rows, onRowsChange, idle, errorAt, firstWrong, error }: RightsRowsProps) {
  const [wanted, setWanted] = useState(0);
  useEffect(() => {
    if (firstWrong !== null) setWanted(Math.floor(firstWrong / PER_PAGE));
  }, [firstWrong]);
  const lastPage = Math.max(0, Math.ceil(rows.length / PER_PAGE) - 1);
  const from = Math.min(wanted, lastPage) * PER_PAGE;
  const to = Math.min(from + PER_PAGE, rows.length);
  const box = useRef<HTMLDivElement>(null);
  const focusLast = () =>
    requestAnimationFrame(() => {
      const paths = box.current?.querySelectorAll<HTMLInputElement>("input[data-path]");
      paths?.[paths.length - 1]?.focus();
    });
  const change = (at: number, next: Partial<RightsRow>) =>
    onRowsChange(rows.map((row, place) => (place === at ? { ...row, ...next } : row)));
  const onPaste = (at: number) => (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text").trim();
    const pasted = rowsOfLines(text);
    // One bare path goes where the cursor is, as anywhere.
    if (pasted.length < 2 && !/\s/.test(text)) return;
    event.preventDefault();
    onRowsChange(withPasted(rows, at, pasted));
  };
  const full = rows.length >= MOST_ROWS;
  return (
    <div ref={box} className="space-y-2" data-field="authorizedRequests">
      <p className="text-muted text-xs">
        Paths as in routes: :id stands for one segment, * for everything below. Paste several lines such as{" "}
        <code className="font-mono">GET /v1/users/*?team=7</code> at once.
      </p>
      <ol className="max-h-72 space-y-2 overflow-y-auto px-0.5 py-0.5">
        {rows.slice(from, to).map((row, place) => {
          const at = from + place;
          const parsed = row.path.trim() === "" ? null : parsePattern(row.path.trim());
          const problem = parsed && !parsed.ok ? `Path ${parsed.message}` : null;
          const why = idle.get(at);
          return (
            <li
              key={at}
              className="grid grid-cols-[6.5rem_minmax(0,1fr)_auto] gap-2 sm:grid-cols-[6.5rem_minmax(0,3fr)_minmax(0,2fr)_auto]"
            >
              <Select
                aria-label={`Method of row ${at + 1}`}
                mono
                options={METHOD_OPTIONS}
                value={row.method}
                onValueChange={(method) => change(at, { method })}
              />
              <Field
                label={`Path of row ${at + 1}`}
                hideLabel
                name={`authorizedRequests.${at}.path`}
                error={problem ?? errorAt(`authorizedRequests.${at}`)}
                hint={why && !problem ? <span className="text-warn">{IDLE_WORDS[why]}</span> : undefined}
              >
                <Input
                  data-path
                  mono
                  spellCheck={false}
                  autoCapitalize="none"
                  autoComplete="off"
                  placeholder="/v1/users/*"
                  value={row.path}
                  onPaste={onPaste(at)}
                  onValueChange={(path) => change(at, { path })}
                />
              </Field>
              <div className="col-start-2 sm:col-start-auto">
                <Input
                  aria-label={`Query parameters of row ${at + 1}`}
                  mono
                  spellCheck={false}
                  autoCapitalize="none"
                  autoComplete="off"
                  placeholder="any query"
                  value={row.query}
                  onValueChange={(query) => change(at, { query })}
                />
              </div>
              <IconButton
                className="col-start-3 row-start-1 sm:col-start-auto sm:row-start-auto"
                label={`Remove row ${at + 1}`}
                icon={<X aria-hidden size={14} />}
                onClick={() => {
                  onRowsChange(rows.filter((_, place) => place !== at));
                  focusLast();
                }}
              />
            </li>
          );
        })}
      </ol>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          size="small"
          icon={<Plus aria-hidden size={14} />}
          disabledReason={full ? `A key holds at most ${MOST_ROWS} rows.` : null}
          onClick={() => {
            onRowsChange([...rows, EMPTY_ROW]);
            setWanted(Math.floor(rows.length / PER_PAGE));
            focusLast();
          }}
        >
          Add row
        </Button>
        {lastPage > 0 ? (
          <>
            <span className={rows.length > MOST_ROWS ? "text-bad" : "text-muted"}>
              Rows {from + 1} to {to} of {rows.length.toLocaleString("en")}
              {rows.length > MOST_ROWS ? `, and a key holds at most ${MOST_ROWS}` : ""}
            </span>
            <span className="ml-auto flex">
              <IconButton
                size="small"
                label="Rows before these"
                icon={<ChevronLeft aria-hidden size={14} />}
                disabledReason={from === 0 ? "These are the first rows." : null}
                onClick={() => setWanted(from / PER_PAGE - 1)}
              />
              <IconButton
                size="small"
                label="Rows after these"
                icon={<ChevronRight aria-hidden size={14} />}
                disabledReason={to === rows.length ? "These are the last rows." : null}
                onClick={() => setWanted(from / PER_PAGE + 1)}
              />
            </span>
          </>
        ) : null}
      </div>
      {error ? (
        <p role="alert" className="text-bad text-xs">
          {error}
        </p>
      ) : null}
    </div>
  );
}
