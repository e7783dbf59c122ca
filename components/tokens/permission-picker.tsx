"use client";
import { Field } from "#components/form/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import type { Role } from "#lib/access/permissions.ts";
import { NEVER_WITH_A_TOKEN, PERMISSION_GROUPS, PRESETS, whyNotGive } from "#lib/tokens/rules.ts";

/** The chosen groups; null for everything that the person may do. */
export type Chosen = readonly string[] | null;

const EVERYTHING = "everything";
const CUSTOM = "custom";

const presetOf = (chosen: Chosen): string =>
  chosen === null
    ? EVERYTHING
    : (PRESETS.find(
        ({ groups }) => groups.length === chosen.length && groups.every((group) => chosen.includes(group)),
      )?.id ?? CUSTOM);

/** What a token may do: a usual set, or groups one by one, in words. Whatever the person cannot give says why. */
export function PermissionPicker({
  chosen,
  onChosen,
  everything,
  role,
  error,
}: {
  chosen: Chosen;
  onChosen: (chosen: Chosen) => void;
  /** Whether "all that you may do" is offered. */
  everything: boolean;
  role: Role | null;
  error: string | null | undefined;
}) {
  const options = [
    ...(everything ? [{ value: EVERYTHING, label: "Everything that you may do" }] : []),
    ...PRESETS.map(({ id, label }) => ({ value: id, label })),
    { value: CUSTOM, label: "What I choose below" },
  ];
  const pick = (id: string) => {
    if (id === EVERYTHING) onChosen(null);
    else if (id === CUSTOM) onChosen(chosen ?? ["read"]);
    else onChosen(PRESETS.find((preset) => preset.id === id)?.groups ?? []);
  };
  const toggle = (id: string, on: boolean) =>
    onChosen(on ? [...(chosen ?? []), id] : (chosen ?? []).filter((each) => each !== id));
  return (
    <div className="space-y-3">
      <Field
        label="It may"
        name="permissions"
        error={error}
        hint={`A token can never ${NEVER_WITH_A_TOKEN}.`}
      >
        <Select options={options} value={presetOf(chosen)} onValueChange={pick} />
      </Field>
      {chosen === null ? null : (
        <fieldset className="rounded-md border p-3">
          <legend className="sr-only">Permissions of the token</legend>
          <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
            {PERMISSION_GROUPS.map((group) => (
              <Checkbox
                key={group.id}
                label={group.label}
                hint={group.words}
                checked={chosen.includes(group.id)}
                onCheckedChange={(on) => toggle(group.id, on)}
                disabledReason={role === null ? null : whyNotGive(role, group.permissions)}
              />
            ))}
          </div>
        </fieldset>
      )}
    </div>
  );
}
