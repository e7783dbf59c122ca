"use client";
import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

type ToggleProps = {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
  name?: string;
  /** Shown in place of the hint; the control then cannot be changed. */
  disabledReason?: string | null;
};

/** The browser's own checkbox with another look, and its words beside it. `mark` lies over it. */
function Toggle({
  checked,
  onCheckedChange,
  label,
  hint,
  name,
  disabledReason,
  role,
  box,
  control,
  mark,
}: ToggleProps & { role?: "switch"; box: string; control: string; mark: ReactNode }) {
  const id = useId();
  const note = disabledReason ?? hint;
  return (
    <div className="flex items-start gap-2">
      <span className={cx("relative flex shrink-0", box)}>
        <input
          type="checkbox"
          role={role}
          id={id}
          name={name}
          checked={checked}
          onChange={(event) => onCheckedChange(event.currentTarget.checked)}
          disabled={Boolean(disabledReason)}
          aria-describedby={note ? `${id}-hint` : undefined}
          className={cx(
            "peer size-full appearance-none border border-edge after:absolute checked:border-transparent checked:bg-accent disabled:opacity-60",
            control,
          )}
        />
        {mark}
      </span>
      <div className="min-w-0">
        <label htmlFor={id} className="block py-0.5 text-text">
          {label}
        </label>
        {note ? (
          <p id={`${id}-hint`} className="text-muted text-xs">
            {note}
          </p>
        ) : null}
      </div>
    </div>
  );
}

/** Yes or no as part of a form: takes effect when the form is sent. */
export function Checkbox(props: ToggleProps) {
  return (
    <Toggle
      {...props}
      box="my-1 size-4"
      control="rounded-sm bg-canvas after:-inset-1.5"
      mark={
        <Check
          aria-hidden
          size={12}
          strokeWidth={3}
          className="pointer-events-none invisible absolute inset-0 m-auto text-on-accent peer-checked:visible"
        />
      }
    />
  );
}

/** On or off. */
export function Switch(props: ToggleProps) {
  return (
    <Toggle
      {...props}
      role="switch"
      box="my-0.5 h-5 w-8"
      control="rounded-full bg-hover transition-colors after:-inset-1"
      mark={
        <span
          aria-hidden
          className="pointer-events-none absolute top-0.75 left-0.75 size-3.5 rounded-full bg-edge transition-transform peer-checked:translate-x-3 peer-checked:bg-on-accent"
        />
      }
    />
  );
}
