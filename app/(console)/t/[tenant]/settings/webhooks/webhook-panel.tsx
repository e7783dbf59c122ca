"use client";
import { Field, FieldGroup } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { ListInput } from "#components/form/list-input.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { SidePanel } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { api } from "#lib/api/client.ts";
import { ALERT_EVENTS, type EndpointKind, JOB_EVENTS, type WebhookEvent } from "#lib/contract/webhooks.ts";
import { eventsFor, eventWords } from "#lib/webhooks/rules.ts";
import type { EndpointView, EndpointWithSecret } from "#lib/webhooks/schema.ts";

type Props = {
  tenant: string;
  /** Null makes a new one. */
  endpoint: EndpointView | null;
  functions: readonly string[];
  onClose: () => void;
  onSaved: (endpoint: EndpointView | EndpointWithSecret) => void;
};

const KINDS = [
  {
    value: "signed",
    label: "A service of yours (signed JSON)",
    hint: "Signed after Standard Webhooks; its secret is shown once when it is made.",
  },
  {
    value: "chat",
    label: "A chat (Slack incoming webhook)",
    hint: "Alerts as messages. Mattermost and others that take Slack's format work too.",
  },
] as const;

/** Everything about one endpoint but its secret. */
export function WebhookPanel(props: Props) {
  return (
    <SidePanel
      open
      onClose={props.onClose}
      title={props.endpoint ? "Edit webhook" : "Add webhook"}
      description="Delivery is at least once and in no promised order."
    >
      <WebhookForm {...props} />
    </SidePanel>
  );
}

const valuesOf = (endpoint: EndpointView | null) => ({
  kind: (endpoint?.kind ?? "signed") as EndpointKind,
  // The address of a chat is not shown again: empty keeps it.
  url: endpoint?.kind === "chat" ? "" : (endpoint?.url ?? ""),
  description: endpoint?.description ?? "",
  events: (endpoint?.events ?? JOB_EVENTS) as readonly WebhookEvent[],
  functions: (endpoint?.functions ?? []) as readonly string[],
});
type Values = ReturnType<typeof valuesOf>;

function toInput({ kind, url, functions, ...rest }: Values, endpoint: EndpointView | null) {
  const ofJobs = rest.events.some((event) => (JOB_EVENTS as readonly string[]).includes(event));
  const common = { ...rest, functions: ofJobs ? functions : [] };
  if (!endpoint) return { ...common, kind, url };
  return { ...common, version: endpoint.version, ...(kind === "chat" && url === "" ? {} : { url }) };
}

function WebhookForm({ tenant, endpoint, functions, onClose, onSaved }: Props) {
  const path = `/tenants/${encodeURIComponent(tenant)}/webhooks`;
  const form = useForm({
    initial: valuesOf(endpoint),
    schema: () =>
      import("#lib/webhooks/schema.ts").then((module) =>
        endpoint ? module.editedEndpointSchema : module.newEndpointSchema,
      ),
    toInput: (values) => toInput(values, endpoint),
    fields: ["kind", "url", "description", "events", "functions"],
    send: (input: object) =>
      endpoint
        ? api.patch<EndpointView>(`${path}/${endpoint.id}`, input)
        : api.post<EndpointWithSecret>(path, input),
    onSaved,
  });
  const { values, set, errorAt } = form;
  const chat = values.kind === "chat";
  const toggle = (event: WebhookEvent) => (on: boolean) =>
    set({ events: on ? [...values.events, event] : values.events.filter((each) => each !== event) });
  const choices = (events: readonly WebhookEvent[]) =>
    events.map((event) => (
      <Checkbox
        key={event}
        label={
          <>
            {eventWords(event)} <code className="font-mono text-muted text-xs">{event}</code>
          </>
        }
        checked={values.events.includes(event)}
        onCheckedChange={toggle(event)}
      />
    ));
  const ofJobs = values.events.some((event) => (JOB_EVENTS as readonly string[]).includes(event));
  return (
    <Form
      aria-label={endpoint ? "Edit webhook" : "New webhook"}
      inDialog
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            {endpoint ? "Save webhook" : "Add webhook"}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {endpoint ? null : (
          <Field label="Who is told" name="kind" error={errorAt("kind")}>
            <Select
              options={KINDS}
              value={values.kind}
              onValueChange={(kind) =>
                set({ kind, events: kind === "chat" ? [...ALERT_EVENTS] : [...JOB_EVENTS] })
              }
            />
          </Field>
        )}
        <Field
          label={chat && endpoint ? "New address" : "Address"}
          name="url"
          optional={chat && endpoint !== null}
          hint={
            chat
              ? endpoint
                ? `Leave empty to keep ${endpoint.url}.`
                : "Whoever has it can write there: it is stored encrypted, and only its host and its end are shown."
              : "An https:// address. Everybody in this tenant can read it, so keep secrets out of it: the signature proves who sends."
          }
          error={errorAt("url")}
        >
          <Input
            mono
            value={values.url}
            onValueChange={(url) => set({ url: url.trim() })}
            placeholder={
              chat ? "https://hooks.slack.com/services/…" : "https://example.com/webhooks/gatehouse"
            }
            autoComplete="off"
            inputMode="url"
          />
        </Field>
        <Field
          label="Description"
          name="description"
          optional
          hint="For people: Orders, #ops"
          error={errorAt("description")}
        >
          <Input
            value={values.description}
            onValueChange={(description) => set({ description })}
            autoComplete="off"
            maxLength={200}
          />
        </Field>
        <FieldGroup title="Told when">
          <div data-field="events" className="space-y-1">
            {choices(eventsFor(values.kind))}
            {errorAt("events") ? (
              <p role="alert" className="text-bad text-xs">
                Choose at least one.
              </p>
            ) : null}
          </div>
          {chat || !ofJobs ? null : (
            <Field
              label="Only jobs of these functions"
              name="functions"
              optional
              hint="None means every function. A pipeline counts as the function that it ended at."
              error={errorAt("functions")}
            >
              <ListInput
                separator="words"
                value={values.functions}
                onValueChange={(chosen) => set({ functions: chosen })}
                suggestions={functions}
                placeholder="Every function"
              />
            </Field>
          )}
        </FieldGroup>
      </div>
    </Form>
  );
}
