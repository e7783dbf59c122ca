"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { ListInput } from "#components/form/list-input.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { MultiCombobox } from "#components/ui/combobox.tsx";
import { SidePanel } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { api } from "#lib/api/client.ts";
import {
  ALGORITHMS,
  DEFAULT_ALGORITHMS,
  DEFAULT_CLOCK_SKEW_SECONDS,
  type IssuerKind,
} from "#lib/contract/issuer.ts";
import type { IssuerView } from "#lib/issuers/schema.ts";

type Props = {
  tenant: string;
  /** Null makes a new one. */
  issuer: IssuerView | null;
  onClose: () => void;
  onSaved: (issuer: IssuerView) => void;
};

const KINDS = [
  {
    value: "jwks",
    label: "Keys it publishes (JWKS address)",
    hint: "The usual way: nothing secret changes hands.",
  },
  { value: "secret", label: "A shared secret (HMAC)", hint: "Whoever knows the secret can make tokens." },
] as const;
const ENCODINGS = [
  { value: "text", label: "Text, as it is" },
  { value: "base64", label: "Base64 of the bytes" },
] as const;

/** Everything about one issuer. A shared secret goes in and never comes out. */
export function IssuerPanel(props: Props) {
  return (
    <SidePanel
      open
      onClose={props.onClose}
      title={props.issuer ? `Edit ${props.issuer.name}` : "Add issuer"}
      description="Its tokens are accepted on every route that asks for a bearer token, as soon as this is saved."
    >
      <IssuerForm {...props} />
    </SidePanel>
  );
}

const valuesOf = (issuer: IssuerView | null) => ({
  name: issuer?.name ?? "",
  kind: (issuer?.kind ?? "jwks") as IssuerKind,
  iss: issuer?.iss ?? "",
  audiences: issuer?.audiences ?? [],
  jwksUrl: issuer?.jwksUrl ?? "",
  secret: "",
  secretEncoding: "text" as "text" | "base64",
  algorithms: issuer?.algorithms ?? [...DEFAULT_ALGORITHMS.jwks],
  clockSkewSeconds: String(issuer?.clockSkewSeconds ?? DEFAULT_CLOCK_SKEW_SECONDS),
  enabled: issuer?.enabled ?? true,
});
type Values = ReturnType<typeof valuesOf>;

/** What is sent: a secret only when one was typed, for it replaces the old one. */
function toInput(
  { kind, secret, secretEncoding, jwksUrl, clockSkewSeconds, ...rest }: Values,
  issuer: IssuerView | null,
) {
  const common = {
    ...rest,
    clockSkewSeconds: clockSkewSeconds.trim() === "" ? null : Number(clockSkewSeconds),
  };
  const withSecret = secret === "" ? {} : { secret, secretEncoding };
  const keys = kind === "jwks" ? { jwksUrl } : withSecret;
  return issuer ? { ...common, ...keys, version: issuer.version } : { ...common, ...keys, kind };
}

function IssuerForm({ tenant, issuer, onClose, onSaved }: Props) {
  const path = `/tenants/${encodeURIComponent(tenant)}/issuers`;
  const form = useForm({
    initial: valuesOf(issuer),
    schema: () =>
      import("#lib/issuers/schema.ts").then((module) =>
        issuer ? module.editedIssuerSchema : module.newIssuerSchema,
      ),
    toInput: (values) => toInput(values, issuer),
    fields: [
      "name",
      "kind",
      "iss",
      "audiences",
      "jwksUrl",
      "secret",
      "secretEncoding",
      "algorithms",
      "clockSkewSeconds",
    ],
    send: (input: object) =>
      issuer ? api.patch<IssuerView>(`${path}/${issuer.id}`, input) : api.post<IssuerView>(path, input),
    onSaved,
  });
  const { values, set, errorAt } = form;
  return (
    <Form
      aria-label={issuer ? "Edit issuer" : "New issuer"}
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            {issuer ? "Save issuer" : "Add issuer"}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field label="Name" name="name" hint="For people: Customer sign-in" error={errorAt("name")}>
          <Input
            value={values.name}
            onValueChange={(name) => set({ name })}
            autoComplete="off"
            maxLength={120}
          />
        </Field>
        <Field
          label="Issuer (iss)"
          name="iss"
          hint="Exactly as its tokens say it, a slash at the end included."
          error={errorAt("iss")}
        >
          <Input
            mono
            value={values.iss}
            onValueChange={(iss) => set({ iss })}
            placeholder="https://id.example.com/"
            autoComplete="off"
          />
        </Field>
        <Field
          label="Audiences (aud)"
          name="audiences"
          hint="A token must be meant for one of these. Press Enter after each."
          error={errorAt("audiences")}
        >
          <ListInput
            separator="lines"
            value={values.audiences}
            onValueChange={(audiences) => set({ audiences })}
            placeholder="https://api.example.com"
          />
        </Field>
        {issuer ? null : (
          <Field label="How its tokens are verified" name="kind" error={errorAt("kind")}>
            <Select
              options={KINDS}
              value={values.kind}
              onValueChange={(kind) => set({ kind, algorithms: [...DEFAULT_ALGORITHMS[kind]] })}
            />
          </Field>
        )}
        {values.kind === "jwks" ? (
          <Field
            label="Address of its keys"
            name="jwksUrl"
            hint="Often the issuer followed by .well-known/jwks.json. Gateways fetch it themselves and follow its rotations."
            error={errorAt("jwksUrl")}
          >
            <Input
              mono
              value={values.jwksUrl}
              onValueChange={(jwksUrl) => set({ jwksUrl })}
              placeholder="https://id.example.com/.well-known/jwks.json"
              autoComplete="off"
              inputMode="url"
            />
          </Field>
        ) : (
          <>
            <Field
              label={issuer ? "New shared secret" : "Shared secret"}
              name="secret"
              optional={issuer !== null}
              hint={
                issuer
                  ? "Leave empty to keep the one that is stored. A new one replaces it at once."
                  : "At least 32 bytes. It is stored encrypted and never shown again."
              }
              error={errorAt("secret")}
            >
              <Input
                mono
                type="password"
                value={values.secret}
                onValueChange={(secret) => set({ secret })}
                autoComplete="new-password"
              />
            </Field>
            <Field label="The secret is given as" name="secretEncoding" error={errorAt("secretEncoding")}>
              <Select
                options={ENCODINGS}
                value={values.secretEncoding}
                onValueChange={(secretEncoding) => set({ secretEncoding })}
              />
            </Field>
          </>
        )}
        <Field
          label="Algorithms"
          name="algorithms"
          hint="A token signed with any other is refused."
          error={errorAt("algorithms")}
        >
          <MultiCombobox
            options={ALGORITHMS[values.kind].map((value) => ({ value, label: value }))}
            value={values.algorithms}
            onValueChange={(algorithms) => set({ algorithms })}
          />
        </Field>
        <Field
          label="Clock skew in seconds"
          name="clockSkewSeconds"
          hint="How far its clock may be off: 0 to 300."
          error={errorAt("clockSkewSeconds")}
        >
          <Input
            value={values.clockSkewSeconds}
            onValueChange={(clockSkewSeconds) => set({ clockSkewSeconds })}
            inputMode="numeric"
          />
        </Field>
        <Switch
          label="Accept its tokens"
          hint="Off refuses them at once and keeps everything else."
          checked={values.enabled}
          onCheckedChange={(enabled) => set({ enabled })}
        />
      </div>
    </Form>
  );
}
