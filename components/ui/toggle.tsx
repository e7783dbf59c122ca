"use client";
import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import { Switch as BaseSwitch } from "@base-ui/react/switch";
import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";

type ToggleProps = {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
  name?: string;
  /** Shown in place of the hint; the control then cannot be changed. */
  disabledReason?: string | null;
};

function Labelled({
  id,
  label,
  hint,
  children,
}: {
  id: string;
  label: ReactNode;
  hint: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex items-start gap-2">
      {children}
      <div className="min-w-0">
        <label id={`${id}-label`} htmlFor={id} className="block py-0.5 text-text">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-muted text-xs">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}

/** Yes or no as part of a form: takes effect when the form is sent. */
export function Checkbox({ checked, onCheckedChange, label, hint, name, disabledReason }: ToggleProps) {
  const id = useId();
  const note = disabledReason ?? hint;
  return (
    <Labelled id={id} label={label} hint={note}>
      <BaseCheckbox.Root
        id={id}
        {...(name ? { name } : {})}
        checked={checked}
        onCheckedChange={(next) => onCheckedChange(next)}
        disabled={Boolean(disabledReason)}
        aria-labelledby={`${id}-label`}
        aria-describedby={note ? `${id}-hint` : undefined}
        className="relative my-1 flex size-4 shrink-0 items-center justify-center rounded-sm border border-edge bg-canvas text-on-accent after:absolute after:-inset-1.5 data-checked:border-transparent data-checked:bg-accent data-disabled:opacity-60"
      >
        <BaseCheckbox.Indicator>
          <Check aria-hidden size={12} strokeWidth={3} />
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
    </Labelled>
  );
}

/** On or off. */
export function Switch({ checked, onCheckedChange, label, hint, name, disabledReason }: ToggleProps) {
  const id = useId();
  const note = disabledReason ?? hint;
  return (
    <Labelled id={id} label={label} hint={note}>
      <BaseSwitch.Root
        id={id}
        {...(name ? { name } : {})}
        checked={checked}
        onCheckedChange={(next) => onCheckedChange(next)}
        disabled={Boolean(disabledReason)}
        aria-labelledby={`${id}-label`}
        aria-describedby={note ? `${id}-hint` : undefined}
        className="relative my-0.5 flex h-5 w-8 shrink-0 items-center rounded-full border border-edge bg-hover p-0.5 transition-colors after:absolute after:-inset-1 data-checked:border-transparent data-checked:bg-accent data-disabled:opacity-60"
      >
        <BaseSwitch.Thumb className="size-3.5 rounded-full bg-edge transition-transform data-checked:translate-x-3 data-checked:bg-on-accent" />
      </BaseSwitch.Root>
    </Labelled>
  );
}
