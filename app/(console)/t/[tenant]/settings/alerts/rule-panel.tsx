"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { SidePanel } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { numbersOf, type RuleNumber } from "#lib/alerts/rules.ts";
import type { AlertRuleView } from "#lib/alerts/schema.ts";
import { api } from "#lib/api/client.ts";
import type { AlertRuleKind } from "#lib/contract/alerts.ts";
import { REPEATS } from "./repeat.ts";

type Props = {
  tenant: string;
  /** Null makes a new one. */
  rule: AlertRuleView | null;
  onClose: () => void;
  onSaved: (rule: AlertRuleView) => void;
};

const KINDS = [
  { value: "growth", label: "Dead letters pile up", hint: "More than so many within so many minutes." },
  {
    value: "age",
    label: "A dead letter is forgotten",
    hint: "The oldest waits for longer than so many hours.",
  },
  {
    value: "new_error",
    label: "A new error",
    hint: "A dead letter with an error that was not seen for so many days. What is there already counts as known.",
  },
] as const;

const NUMBERS: Record<RuleNumber, { label: string; hint: string; first: string }> = {
  threshold: { label: "More than", hint: "Dead letters.", first: "10" },
  windowMinutes: { label: "Within", hint: "Minutes, up to 10,080: a week.", first: "10" },
  maxAgeHours: { label: "Longer than", hint: "Hours, up to 8,760: a year.", first: "24" },
  quietDays: { label: "Not seen for", hint: "Days, up to 365.", first: "30" },
};
const NAMES = Object.keys(NUMBERS) as RuleNumber[];

/** One rule: what is looked for and how often it is said. */
export function RulePanel(props: Props) {
  return (
    <SidePanel
      open
      onClose={props.onClose}
      title={props.rule ? `Edit ${props.rule.name}` : "Add alert rule"}
      description="Looked at twice a minute. One message when it begins, one when it is over."
    >
      <RuleForm {...props} />
    </SidePanel>
  );
}

const valuesOf = (rule: AlertRuleView | null) => ({
  name: rule?.name ?? "",
  kind: (rule?.kind ?? "growth") as AlertRuleKind,
  ...(Object.fromEntries(NAMES.map((name) => [name, String(rule?.[name] ?? NUMBERS[name].first)])) as Record<
    RuleNumber,
    string
  >),
  repeat: rule ? String(rule.repeatMinutes ?? "") : "60",
});
type Values = ReturnType<typeof valuesOf>;

/** What was typed as a number; what is none is sent as it is, for the schema to refuse at its field. */
const numberIn = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text);

function toInput(values: Values, rule: AlertRuleView | null) {
  const common = {
    name: values.name,
    ...Object.fromEntries(numbersOf(values.kind).map((name) => [name, numberIn(values[name])])),
    repeatMinutes: values.repeat === "" ? null : Number(values.repeat),
  };
  return rule ? { ...common, version: rule.version } : { ...common, kind: values.kind };
}

function RuleForm({ tenant, rule, onClose, onSaved }: Props) {
  const path = `/tenants/${encodeURIComponent(tenant)}/alert-rules`;
  const form = useForm({
    initial: valuesOf(rule),
    schema: () =>
      import("#lib/alerts/schema.ts").then((module) =>
        rule ? module.editedAlertRuleSchema : module.newAlertRuleSchema,
      ),
    toInput: (values) => toInput(values, rule),
    fields: ["name", "kind", ...NAMES, "repeatMinutes"],
    send: (input: object) =>
      rule ? api.patch<AlertRuleView>(`${path}/${rule.id}`, input) : api.post<AlertRuleView>(path, input),
    onSaved,
  });
  const { values, set, errorAt } = form;
  const repeats = REPEATS.some(({ value }) => value === values.repeat)
    ? REPEATS
    : [...REPEATS, { value: values.repeat, label: `Every ${values.repeat} minutes` }];
  return (
    <Form
      aria-label={rule ? "Edit alert rule" : "New alert rule"}
      inDialog
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            {rule ? "Save rule" : "Add rule"}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field label="Name" name="name" hint="The first words of every message." error={errorAt("name")}>
          <Input
            value={values.name}
            onValueChange={(name) => set({ name })}
            autoComplete="off"
            maxLength={120}
            placeholder="Dead letters pile up"
          />
        </Field>
        {rule ? null : (
          <Field label="Alert when" name="kind" error={errorAt("kind")}>
            <Select options={KINDS} value={values.kind} onValueChange={(kind) => set({ kind })} />
          </Field>
        )}
        {numbersOf(values.kind).map((name) => (
          <Field
            key={name}
            label={NUMBERS[name].label}
            name={name}
            hint={NUMBERS[name].hint}
            error={errorAt(name) ? "Must be a whole number within the limits." : null}
          >
            <Input
              value={values[name]}
              onValueChange={(text) => set({ [name]: text } as Partial<Values>)}
              inputMode="numeric"
            />
          </Field>
        ))}
        <Field
          label="Repeated until somebody acknowledges it"
          name="repeatMinutes"
          error={errorAt("repeatMinutes")}
        >
          <Select options={repeats} value={values.repeat} onValueChange={(repeat) => set({ repeat })} />
        </Field>
      </div>
    </Form>
  );
}
