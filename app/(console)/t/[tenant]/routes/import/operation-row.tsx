"use client";
import { ChevronDown, ChevronRight, CircleCheck, CircleX, PencilLine, Plus } from "lucide-react";
import { Badge, MethodBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { type OperationState, whyNotChosen } from "#lib/openapi/rules.ts";
import type { PreviewOperation } from "#lib/openapi/schema.ts";

const STATES: Record<OperationState, { tone: Tone; word: string; icon: typeof Plus }> = {
  new: { tone: "ok", word: "New", icon: Plus },
  update: { tone: "warn", word: "Changes a route", icon: PencilLine },
  same: { tone: "neutral", word: "Same as the draft", icon: CircleCheck },
  conflict: { tone: "bad", word: "Conflict", icon: CircleX },
  unusable: { tone: "bad", word: "Cannot be a route", icon: CircleX },
};

export const STATE_OPTIONS = [
  { value: "", label: "Any state" },
  ...Object.entries(STATES).map(([value, { word }]) => ({ value, label: word })),
];

/** A field of the route document in a person's words. */
const FIELDS: Record<string, string> = {
  apiVersion: "version",
  validation: "checks",
  corsEnabled: "CORS",
  rateLimit: "limit",
};

function who({ auth, scopes }: PreviewOperation): string {
  if (auth === "none") return "public";
  if (auth === "api-key") return "API key";
  if (auth === "bearer") return scopes.length > 0 ? `bearer: ${scopes.join(", ")}` : "bearer token";
  return "";
}

function facts(operation: PreviewOperation): string[] {
  const { checks, changes, state, target, tags, enabled } = operation;
  const checked = [checks.body ? "body" : "", checks.query.length > 0 ? "query" : ""].filter(Boolean);
  return [
    operation.name,
    who(operation),
    target,
    checked.length > 0 ? `checks ${checked.join(" and ")}` : "",
    tags.length > 0 ? tags.join(", ") : "",
    enabled ? "" : "disabled",
    state === "update" ? `changes ${changes.map((name) => FIELDS[name] ?? name).join(", ")}` : "",
  ].filter(Boolean);
}

/** One operation: whether to import it, what it becomes, and what of it is not understood. */
export function OperationRow({
  operation,
  chosen,
  open,
  onChoose,
  onOpen,
}: {
  operation: PreviewOperation;
  chosen: boolean;
  open: boolean;
  onChoose: (chosen: boolean) => void;
  onOpen: (open: boolean) => void;
}) {
  const { state, notes, problem, method, path } = operation;
  const { tone, word, icon: Icon } = STATES[state];
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <div className="border-b px-2 py-1.5">
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
        <div className="min-w-0 flex-1 basis-60">
          <Checkbox
            checked={chosen}
            onCheckedChange={onChoose}
            disabledReason={problem ? `${problem}.` : whyNotChosen(operation)}
            label={
              <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
                <MethodBadge method={method} />
                <span className="min-w-0 break-all font-mono text-xs">{path}</span>
              </span>
            }
          />
          {problem ? null : (
            <p className="ml-6 break-words text-muted text-xs">{facts(operation).join(" · ")}</p>
          )}
        </div>
        <div className="ml-6 flex items-center gap-2">
          {notes.length > 0 ? (
            <Button
              variant="quiet"
              size="small"
              icon={<Chevron aria-hidden size={14} />}
              aria-expanded={open}
              aria-label={`${notes.length} not understood in ${method} ${path}`}
              onClick={() => onOpen(!open)}
            >
              {`${notes.length} not understood`}
            </Button>
          ) : null}
          <Badge tone={tone} icon={<Icon aria-hidden size={12} />}>
            {word}
          </Badge>
        </div>
      </div>
      {open ? <NoteList notes={notes} /> : null}
    </div>
  );
}

/** What of a document did not become part of a route, where it stands, and why. */
export function NoteList({ notes }: { notes: PreviewOperation["notes"] }) {
  return (
    <ul className="mt-1 ml-6 space-y-1.5 text-xs">
      {notes.map(({ what, pointer, message }) => (
        <li key={`${what} ${pointer}`}>
          <span className="font-medium">{what}</span>: {message}
          <span className="block break-all font-mono text-muted">{pointer}</span>
        </li>
      ))}
    </ul>
  );
}
