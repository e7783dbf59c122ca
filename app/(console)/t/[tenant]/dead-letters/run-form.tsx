"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { ApiError } from "#lib/api/client.ts";
import { ACTION_WORDS, jobsText } from "#lib/dead-letters/rules.ts";
import type { DiscardInput, RequeueInput, Run } from "#lib/dead-letters/schema.ts";

const SPEEDS = [
  { value: "", label: "As fast as the queue takes them" },
  { value: "6000", label: "100 a second" },
  { value: "600", label: "10 a second" },
  { value: "60", label: "1 a second" },
  { value: "own", label: "Another number a minute" },
];
/** With fewer jobs than this nobody tries some of them first. */
const WORTH_A_CANARY = 3;

type Values = {
  reason: string;
  speed: string;
  perMinute: string;
  canaryOn: boolean;
  canary: string;
  stopOn: boolean;
  stopAfter: string;
};

const numberOf = (text: string): number | string => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : text);

function toInput(run: Run, values: Values): unknown {
  const { speed, perMinute } = values;
  const ratePerMinute = speed === "" ? null : numberOf(speed === "own" ? perMinute : speed);
  const common = { run: run.id, reason: values.reason, ratePerMinute };
  if (run.action === "discard") return common;
  return {
    ...common,
    canary: values.canaryOn ? numberOf(values.canary) : null,
    stopAfter: values.stopOn ? numberOf(values.stopAfter) : null,
  };
}

type Props = {
  run: Run;
  onCancel: () => void;
  /** Asks for the selection anew, when it can no longer be started. */
  onLookAgain: () => void;
  send: (input: RequeueInput | DiscardInput) => Promise<Run>;
  onStarted: (run: Run) => void;
};

/** How fast, how carefully and why a prepared run is started. */
export function RunForm({ run, onCancel, onLookAgain, send, onStarted }: Props) {
  const { count } = run.preview;
  const requeues = run.action === "requeue";
  const words = ACTION_WORDS[run.action];
  const form = useForm<Values, RequeueInput | DiscardInput, Run>({
    initial: {
      reason: "",
      speed: "",
      perMinute: "30",
      canaryOn: false,
      canary: String(Math.max(1, Math.min(5, count - 1))),
      stopOn: true,
      stopAfter: "10",
    },
    schema: () =>
      import("#lib/dead-letters/schema.ts").then((module) =>
        requeues ? module.requeueInputSchema : module.discardInputSchema,
      ),
    toInput: (values) => toInput(run, values),
    fields: ["reason", "ratePerMinute", "canary", "stopAfter"],
    send,
    onSaved: onStarted,
  });
  const { values, set } = form;
  const stale = form.error instanceof ApiError && form.error.status === 409;
  return (
    <Form
      aria-label={`${words.verb} ${jobsText(count)}`}
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          {stale ? <Button onClick={onLookAgain}>Look again</Button> : null}
          <Button
            type="submit"
            variant={requeues ? "primary" : "danger"}
            loading={form.busy}
            disabledReason={count === 0 ? "None of these jobs is dead: there is nothing to do." : null}
          >
            {words.verb} {jobsText(count)}
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        {requeues ? (
          <>
            <div className="flex flex-wrap items-start gap-3">
              <div className="min-w-56 flex-1">
                <Field label="Speed" error={values.speed === "own" ? null : form.errorAt("ratePerMinute")}>
                  <Select options={SPEEDS} value={values.speed} onValueChange={(speed) => set({ speed })} />
                </Field>
              </div>
              {values.speed === "own" ? (
                <div className="w-36">
                  <Field label="Jobs a minute" name="ratePerMinute" error={form.errorAt("ratePerMinute")}>
                    <Input
                      inputMode="numeric"
                      value={values.perMinute}
                      onValueChange={(perMinute) => set({ perMinute })}
                    />
                  </Field>
                </div>
              ) : null}
            </div>
            {count >= WORTH_A_CANARY ? (
              <Guard
                label="Send a few first"
                hint="The others follow only when these have succeeded."
                on={values.canaryOn}
                onToggle={(canaryOn) => set({ canaryOn })}
                field="How many first"
                name="canary"
                value={values.canary}
                onChange={(canary) => set({ canary })}
                error={form.errorAt("canary")}
              />
            ) : null}
            <Guard
              label="Stop by itself when the same error comes back"
              hint="It begins with so many and goes faster as they succeed. What was sent by then is retried as usual; the rest stays dead."
              on={values.stopOn}
              onToggle={(stopOn) => set({ stopOn })}
              field="In how many jobs"
              name="stopAfter"
              value={values.stopAfter}
              onChange={(stopAfter) => set({ stopAfter })}
              error={form.errorAt("stopAfter")}
            />
          </>
        ) : null}
        <Field
          label="Reason"
          name="reason"
          hint="Kept with every job and in the audit log."
          error={form.errorAt("reason")}
        >
          <Textarea
            rows={2}
            value={values.reason}
            onValueChange={(reason) => set({ reason: reason.replace(/[\r\n]+/g, " ") })}
          />
        </Field>
      </div>
    </Form>
  );
}

type GuardProps = {
  label: string;
  hint: string;
  on: boolean;
  onToggle: (on: boolean) => void;
  field: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  error: string | null | undefined;
};

/** Something that can be switched on and then has a number. */
function Guard({ label, hint, on, onToggle, field, name, value, onChange, error }: GuardProps) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-56">
        <Checkbox checked={on} onCheckedChange={onToggle} label={label} hint={hint} />
      </div>
      {on ? (
        <div className="w-36">
          <Field label={field} name={name} error={error}>
            <Input inputMode="numeric" value={value} onValueChange={onChange} />
          </Field>
        </div>
      ) : null}
    </div>
  );
}
