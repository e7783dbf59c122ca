"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Field, FieldGroup } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { ApiError, api } from "#lib/api/client.ts";
import { METHODS } from "#lib/contract/methods.ts";
import type { RouteFields } from "#lib/contract/route.ts";
import { paths } from "#lib/paths.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { AccessFields } from "./access-fields.tsx";
import { RouteConflict } from "./route-conflict.tsx";
import { documentOf, NEW_ROUTE, PLACED_FIELDS, toDocument, toFormValues } from "./route-form-values.ts";
import { RoutePreview } from "./route-preview.tsx";
import { TargetFields } from "./target-fields.tsx";

const METHOD_OPTIONS = METHODS.map((value) => ({ value, label: value }));

type RouteFormProps = {
  tenant: string;
  role: Role;
  gatewayUrl: string;
  /** Names of the functions that the data plane has registered. */
  functions: readonly string[];
  /** The route to edit; null makes a new one. */
  route: DraftRoute | null;
};

/** A route's plain fields, with what callers will get beside them. The fields it does not show are kept. */
export function RouteForm({ tenant, role, gatewayUrl, functions, route }: RouteFormProps) {
  const router = useRouter();
  const client = useQueryClient();
  const base = `/tenants/${encodeURIComponent(tenant)}/routes`;
  const [before, setBefore] = useState(() => (route ? documentOf(route) : null));
  const version = useRef(route?.version ?? 0);
  const [conflict, setConflict] = useState<{ mine: RouteFields; theirs: DraftRoute } | null>(null);

  const send = async (document: RouteFields): Promise<DraftRoute> => {
    if (!route) return api.post<DraftRoute>(base, document);
    try {
      return await api.put<DraftRoute>(`${base}/${route.id}`, { ...document, version: version.current });
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) {
        setConflict({ mine: document, theirs: await api.get<DraftRoute>(`${base}/${route.id}`) });
      }
      throw error;
    }
  };
  const form = useForm({
    initial: route ? toFormValues(documentOf(route)) : NEW_ROUTE,
    schema: () => import("./route-form-schema.ts").then((module) => module.routeFormSchema),
    toInput: (values) => toDocument(values, before),
    fields: PLACED_FIELDS,
    send,
    onSaved: (saved) => {
      client.removeQueries({ queryKey: ["routes", tenant] });
      void client.invalidateQueries({ queryKey: ["changes", tenant] });
      toast.success(
        `${route ? "Saved" : "Created"} ${saved.method} ${saved.path}`,
        "Callers see it once it is published.",
      );
      router.push(paths.routes(tenant));
    },
  });
  const refusal = whyNot(role, "draft.edit");
  const stale = conflict !== null && form.error instanceof ApiError && form.error.status === 409;
  const { values } = form;

  const keepMine = () => {
    if (!conflict) return;
    version.current = conflict.theirs.version;
    setConflict(null);
    void form.submit();
  };
  const takeTheirs = () => {
    if (!conflict) return;
    const theirs = documentOf(conflict.theirs);
    version.current = conflict.theirs.version;
    setBefore(theirs);
    form.reset(toFormValues(theirs));
    setConflict(null);
  };

  return (
    <div className="grid grid-cols-1 items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Form
        aria-label={route ? "Edit route" : "Create route"}
        onSubmit={form.submit}
        error={stale ? null : form.error}
        dirty={form.dirty && refusal === null}
        attempt={form.attempt}
        footer={
          <>
            <LinkButton href={paths.routes(tenant)}>Cancel</LinkButton>
            <Button
              type="submit"
              variant="primary"
              loading={form.busy}
              disabledReason={refusal ?? (route && !form.dirty ? "Nothing has changed yet." : null)}
            >
              {route ? "Save route" : "Create route"}
            </Button>
          </>
        }
      >
        {refusal ? (
          <div className="mb-4">
            <Notice title="You can look at this route, not change it.">{refusal}</Notice>
          </div>
        ) : null}
        {stale && conflict ? (
          <RouteConflict
            tenant={tenant}
            mine={conflict.mine}
            theirs={conflict.theirs}
            busy={form.busy}
            onKeepMine={keepMine}
            onTakeTheirs={takeTheirs}
          />
        ) : null}
        <div className="space-y-4 pb-6">
          <div className="grid gap-4 sm:grid-cols-[8rem_minmax(0,1fr)]">
            <Field label="Method" name="method" error={form.errorAt("method")}>
              <Select
                mono
                options={METHOD_OPTIONS}
                value={values.method}
                onValueChange={(method) => form.set({ method })}
              />
            </Field>
            <Field
              label="Path"
              name="path"
              error={form.errorAt("path")}
              hint="Literal segments, :name for one segment, * at the end for everything below."
            >
              <Input
                mono
                required
                spellCheck={false}
                autoCapitalize="none"
                autoComplete="off"
                placeholder="/v1/users/:id"
                value={values.path}
                onValueChange={(path) => form.set({ path })}
              />
            </Field>
          </div>
          <Field label="Name" name="name" optional error={form.errorAt("name")}>
            <Input value={values.name} onValueChange={(name) => form.set({ name })} />
          </Field>
        </div>
        <TargetFields
          values={values}
          set={form.set}
          errorAt={form.errorAt}
          functions={functions}
          before={before?.target.type ?? null}
        />
        <AccessFields
          tenant={tenant}
          values={values}
          set={form.set}
          errorAt={form.errorAt}
          before={before?.auth.mode ?? null}
        />
        <FieldGroup title="State">
          <Switch
            checked={values.enabled}
            onCheckedChange={(enabled) => form.set({ enabled })}
            label="Enabled"
            hint="A route that is off keeps its settings and answers nobody once that is published."
          />
        </FieldGroup>
      </Form>
      <RoutePreview tenant={tenant} gatewayUrl={gatewayUrl} values={values} />
    </div>
  );
}
