"use client";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import type { FieldErrors } from "#components/form/field-errors.ts";
import { Button, IconButton } from "#components/ui/button.tsx";
import { FunctionField, type FunctionNames } from "./function-field.tsx";

/** The functions of a pipeline, in the order in which they run; each hands its result to the next. */
export function PipelineField({
  functions,
  value,
  onValueChange,
  errors,
}: {
  functions: FunctionNames;
  value: readonly string[];
  onValueChange: (value: string[]) => void;
  errors: FieldErrors;
}) {
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState("");
  const steps = value.length ? value : [""];
  const move = (from: number, to: number) => {
    const next = [...steps];
    next.splice(to, 0, ...next.splice(from, 1));
    onValueChange(next);
    setSaid(`${next[to] || "The step"} is now step ${to + 1} of ${next.length}`);
    requestAnimationFrame(() => {
      const row = list.current?.children[to];
      row?.querySelector<HTMLElement>(to < from ? "[data-move=up]" : "[data-move=down]")?.focus();
    });
  };
  return (
    <fieldset data-field="target.functions" className="min-w-0">
      <legend className="sr-only">Functions, in the order in which they run</legend>
      <ol ref={list} className="space-y-3">
        {steps.map((name, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step has no identity but its place
          <li key={index} className="flex items-start gap-1">
            <div className="min-w-0 flex-1">
              <FunctionField
                label={`Step ${index + 1}`}
                name={`target.functions.${index}`}
                functions={functions}
                value={name}
                onValueChange={(next) =>
                  onValueChange(steps.map((one, place) => (place === index ? next : one)))
                }
                error={
                  errors[`target.functions.${index}`] ??
                  (index === 0 ? (errors["target.functions"] ?? null) : null)
                }
              />
            </div>
            <span className="mt-6 flex shrink-0">
              <IconButton
                data-move="up"
                label={`Move step ${index + 1} up`}
                icon={<ArrowUp aria-hidden size={14} />}
                disabledReason={index === 0 ? "It is the first step." : null}
                onClick={() => move(index, index - 1)}
              />
              <IconButton
                data-move="down"
                label={`Move step ${index + 1} down`}
                icon={<ArrowDown aria-hidden size={14} />}
                disabledReason={index === steps.length - 1 ? "It is the last step." : null}
                onClick={() => move(index, index + 1)}
              />
              <IconButton
                label={`Remove step ${index + 1}`}
                icon={<X aria-hidden size={14} />}
                disabledReason={steps.length === 1 ? "A pipeline needs at least one step." : null}
                onClick={() => onValueChange(steps.filter((_, place) => place !== index))}
              />
            </span>
          </li>
        ))}
      </ol>
      <div className="mt-3">
        <Button
          size="small"
          icon={<Plus aria-hidden size={14} />}
          disabledReason={steps.length >= 50 ? "A pipeline has at most 50 steps." : null}
          onClick={() => onValueChange([...steps, ""])}
        >
          Add step
        </Button>
      </div>
      <span role="status" className="sr-only">
        {said}
      </span>
    </fieldset>
  );
}
