"use client";
import { useState } from "react";
import { JsonEditor } from "#components/code/json-editor.tsx";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import type { ErrorDetail } from "#lib/contract/errors.ts";
import type { PartProps } from "./part-props.ts";
import { queryOf } from "./route-sample.ts";
import { sampleOf } from "./schema-sample.ts";
import { useAnswer } from "./use-answer.ts";

type Kind = "body" | "query";
type Checked = { problem: ErrorDetail | null; errors: ErrorDetail[] };

const EXAMPLES: Record<Kind, string> = {
  body: JSON.stringify(
    {
      type: "object",
      required: ["name"],
      properties: { name: { type: "string", minLength: 1 }, quantity: { type: "integer", minimum: 1 } },
      additionalProperties: false,
    },
    null,
    2,
  ),
  query: JSON.stringify(
    { type: "object", properties: { limit: { type: "string", pattern: "^[0-9]{1,3}$" } } },
    null,
    2,
  ),
};

/** What a request must look like to be passed on. */
export function ValidationFields(props: PartProps) {
  const { values, set } = props;
  return (
    <>
      <Switch
        checked={values.validated}
        onCheckedChange={(validated) => set({ validated })}
        label="Check requests before the target sees them"
        hint="With JSON Schema 2020-12. What does not fit is answered 422, with the place of every mistake."
      />
      {values.validated ? (
        <>
          <SchemaField {...props} kind="body" />
          <SchemaField {...props} kind="query" />
        </>
      ) : null}
    </>
  );
}

function parsed(text: string): unknown {
  try {
    return text.trim() === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function SchemaField({ tenant, values, set, errorAt, kind }: PartProps & { kind: Kind }) {
  const [sample, setSample] = useState("");
  const member = kind === "body" ? "bodySchema" : "querySchema";
  const text = values[member];
  const schema = parsed(text);
  const { answer, state } = useAnswer<Checked>(
    `/tenants/${encodeURIComponent(tenant)}/schema-check`,
    schema === undefined ? null : { schema, sample: sample.trim() === "" ? null : sample, kind },
  );
  const problem = answer?.problem ?? null;
  const fill = () => {
    const made = sampleOf(schema);
    setSample(kind === "body" ? JSON.stringify(made, null, 2) : queryOf(made));
  };
  return (
    <div className="space-y-3">
      <JsonEditor
        label={kind === "body" ? "Schema of the body" : "Schema of the query"}
        name={`validation.${kind}`}
        value={text}
        onValueChange={(next) => set({ [member]: next })}
        error={errorAt(`validation.${kind}`) ?? (problem ? sentence(problem) : null)}
        problems={problem ? [problem] : []}
        placeholder={'{ "type": "object" }'}
        hint={
          kind === "query" ? "Parameters arrive as text, repeated ones as lists." : "Empty: any body passes."
        }
      />
      {text.trim() === "" ? (
        <Button size="small" onClick={() => set({ [member]: EXAMPLES[kind] })}>
          {`Start from an example ${kind} schema`}
        </Button>
      ) : (
        <>
          <Field
            label={kind === "body" ? "Try a body" : "Try a query"}
            optional
            hint={
              kind === "query" ? "As in an address: limit=10&sort=name. It is not saved." : "It is not saved."
            }
            aside={
              <Button
                size="small"
                variant="quiet"
                disabledReason={schema === undefined ? "The schema is not JSON yet." : null}
                onClick={fill}
              >
                {kind === "body" ? "Fill in a sample body" : "Fill in a sample query"}
              </Button>
            }
          >
            <Textarea
              mono
              spellCheck={false}
              autoCapitalize="none"
              className="max-h-60 text-xs"
              value={sample}
              onValueChange={setSample}
            />
          </Field>
          <Outcome kind={kind} sample={sample} checked={answer} failed={state === "failed"} />
        </>
      )}
    </div>
  );
}

const sentence = ({ path, message }: ErrorDetail) => (path ? `${path}: ${message}` : message);

function Outcome({
  kind,
  sample,
  checked,
  failed,
}: {
  kind: Kind;
  sample: string;
  checked: Checked | null;
  failed: boolean;
}) {
  const tried = sample.trim() !== "" && checked !== null && checked.problem === null;
  return (
    <div role="status" className="text-xs">
      {failed ? <p className="text-muted">The check could not be made just now.</p> : null}
      {tried && checked.errors.length === 0 ? <p className="text-ok">This {kind} passes.</p> : null}
      {tried && checked.errors.length > 0 ? (
        <>
          <p className="font-medium text-bad">{`This ${kind} is answered 422:`}</p>
          <ul className="mt-1 space-y-0.5">
            {checked.errors.map((error) => (
              <li key={sentence(error)} className="break-words">
                <code className="font-mono">{error.path || "(the whole)"}</code> {error.message}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
