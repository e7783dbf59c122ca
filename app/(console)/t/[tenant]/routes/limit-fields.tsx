"use client";
import { Field } from "#components/form/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import type { PartProps } from "./part-props.ts";
import type { Unit } from "./size-units.ts";

const PER: readonly Option<"ip" | "key">[] = [
  { value: "ip", label: "Per IP address" },
  { value: "key", label: "Per API key" },
];
const UNIT_OPTIONS: readonly Option<Unit>[] = [
  { value: "B", label: "bytes" },
  { value: "KiB", label: "KiB (1,024 bytes)" },
  { value: "MiB", label: "MiB (1,048,576 bytes)" },
];

/** How often, and how much at once. */
export function LimitFields({ values, set, errorAt }: PartProps) {
  return (
    <>
      <Switch
        checked={values.limited}
        onCheckedChange={(limited) => set({ limited })}
        label="Rate limit"
        hint="Beyond it callers get 429. Counted by each gateway on its own, or by all together when they share a Redis: the page Gateways says which."
      />
      {values.limited ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Requests per minute"
            name="rateLimit.requestsPerMinute"
            error={errorAt("rateLimit.requestsPerMinute")}
          >
            <Input
              mono
              inputMode="numeric"
              value={values.requestsPerMinute}
              onValueChange={(requestsPerMinute) => set({ requestsPerMinute })}
            />
          </Field>
          <Field
            label="Counted"
            name="rateLimit.per"
            hint={
              values.per === "key" && values.authMode !== "api-key"
                ? "No API key is asked for here, so callers are told apart by their address."
                : undefined
            }
          >
            <Select options={PER} value={values.per} onValueChange={(per) => set({ per })} />
          </Field>
        </div>
      ) : null}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Largest body"
          name="maxBodyBytes"
          error={errorAt("maxBodyBytes")}
          hint="Up to 16 MiB; beyond it callers get 413."
        >
          <Input
            mono
            inputMode="decimal"
            placeholder="2"
            value={values.maxBody}
            onValueChange={(maxBody) => set({ maxBody })}
          />
        </Field>
        <Field label="Unit of the largest body">
          <Select
            options={UNIT_OPTIONS}
            value={values.maxBodyUnit}
            onValueChange={(maxBodyUnit) => set({ maxBodyUnit })}
          />
        </Field>
      </div>
    </>
  );
}

/** How long answers are kept. */
export function CacheFields({ values, set, errorAt }: PartProps) {
  const reads = ["GET", "HEAD", "ANY"].includes(values.method);
  return (
    <>
      <Switch
        checked={values.cached}
        onCheckedChange={(cached) => set({ cached })}
        label="Keep answers"
        hint="Answers to GET and HEAD are kept by the gateway and given again without asking the target."
      />
      {values.cached && !reads ? (
        <Notice tone="warn">{`Nothing is kept for ${values.method}: only answers to GET and HEAD are.`}</Notice>
      ) : null}
      {values.cached ? (
        <Field
          label="Seconds an answer is kept"
          name="cache.ttlSeconds"
          error={errorAt("cache.ttlSeconds")}
          hint="1 to 86,400. Callers may see answers as old as this."
        >
          <Input
            mono
            inputMode="numeric"
            value={values.ttlSeconds}
            onValueChange={(ttlSeconds) => set({ ttlSeconds })}
            className="sm:max-w-40"
          />
        </Field>
      ) : null}
    </>
  );
}
