"use client";
import { useEffect } from "react";
import { Field } from "#components/form/field.tsx";
import { FieldNotes } from "#components/form/field-notes.ts";
import { FoldedSection } from "#components/form/folded-section.tsx";
import { Form } from "#components/form/form.tsx";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead, fetchedWhenShown } from "#components/ui/fetched-ahead.tsx";
import { Input } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { ApiError } from "#lib/api/client.ts";
import { METHODS } from "#lib/contract/methods.ts";
import { paths } from "#lib/paths.ts";
import { KeysOfRoute } from "../keys/keys-of-route.tsx";
import { RouteFindings } from "./route-findings.tsx";
import { SECTIONS } from "./route-sections.ts";
import { SaveState } from "./save-state.tsx";
import { TargetFields } from "./target-fields.tsx";
import type { RouteEditing } from "./use-route-editor.ts";
import { useRouteLint } from "./use-route-lint.ts";
import { useSections } from "./use-sections.ts";

const METHOD_OPTIONS = METHODS.map((value) => ({ value, label: value }));

const loadSections = () => import("./section-fields.tsx").then((module) => module.SectionFields);
const SectionFields = fetchedWhenShown(loadSections, <Skeleton className="h-24" />);
const RoutePreview = fetchedWhenShown(
  () => import("./route-preview.tsx").then((module) => module.RoutePreview),
  <Skeleton className="h-96" />,
);
const RouteConflict = fetchedAhead(() =>
  import("./route-conflict.tsx").then((module) => module.RouteConflict),
);

type RouteFormProps = {
  tenant: string;
  role: Role;
  gatewayUrl: string;
  functions: readonly string[];
  editing: RouteEditing;
};

/** Every field of a route: the few that it cannot do without, the rest folded; beside it what callers will get. */
export function RouteForm({ tenant, role, gatewayUrl, functions, editing }: RouteFormProps) {
  const { form, saved, conflict } = editing;
  const { values, set, errorAt, errors } = form;
  const id = saved?.id ?? null;
  const sections = useSections();
  const lint = useRouteLint(tenant, id, values);
  const refusal = whyNot(role, "draft.edit");
  const stale = conflict !== null && form.error instanceof ApiError && form.error.status === 409;
  const part = { tenant, values, set, errorAt, errors };

  // Fetched while the person reads, so that no section opens with a wait.
  useEffect(() => void loadSections(), []);
  const { reveal } = sections;
  const { attempt } = form;
  useEffect(() => {
    if (attempt > 0) reveal(Object.keys(errors));
  }, [attempt, errors, reveal]);

  const markOf = (fields: readonly string[]) => {
    if (fields.some((field) => errorAt(field))) return "bad";
    const notes = fields.flatMap(lint.notesOf);
    if (notes.some(({ tone }) => tone === "bad")) return "bad";
    return notes.length ? "warn" : null;
  };

  return (
    <FieldNotes value={lint.notesOf}>
      <div className="grid grid-cols-1 items-start gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Form
          aria-label={saved ? "Edit route" : "Create route"}
          onSubmit={form.submit}
          error={stale ? null : form.error}
          dirty={form.dirty && refusal === null}
          attempt={form.attempt}
          savesByKey={refusal === null && !conflict && (saved === null || form.dirty)}
          sticky
          footer={
            <>
              <SaveState tenant={tenant} editing={editing} />
              {saved && form.dirty ? (
                <Button onClick={editing.discard}>Discard changes</Button>
              ) : (
                <LinkButton href={paths.routes(tenant)}>{saved ? "Close" : "Cancel"}</LinkButton>
              )}
              <Button
                type="submit"
                variant="primary"
                loading={form.busy}
                disabledReason={refusal ?? (saved && !form.dirty ? "Nothing has changed yet." : null)}
              >
                {saved ? "Save route" : "Create route"}
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
              onKeepMine={editing.keepMine}
              onTakeTheirs={editing.takeTheirs}
            />
          ) : null}
          <div className="space-y-4 pb-6">
            <div className="grid gap-4 sm:grid-cols-[8rem_minmax(0,1fr)]">
              <Field label="Method" name="method" error={errorAt("method")}>
                <Select
                  mono
                  options={METHOD_OPTIONS}
                  value={values.method}
                  onValueChange={(method) => set({ method })}
                />
              </Field>
              <Field
                label="Path"
                name="path"
                error={errorAt("path")}
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
                  onValueChange={(path) => set({ path: path.trim() })}
                />
              </Field>
            </div>
            <div data-field="enabled">
              <Switch
                checked={values.enabled}
                onCheckedChange={(enabled) => set({ enabled })}
                label="Enabled"
                hint="A route that is off keeps its settings and answers nobody once that is published."
              />
            </div>
          </div>
          <TargetFields {...part} functions={functions} />
          <div className="border-b">
            {SECTIONS.map((section) => (
              <FoldedSection
                key={section.id}
                id={section.id}
                title={section.title}
                summary={section.summary(values)}
                mark={markOf(section.fields)}
                open={sections.open.has(section.id)}
                onToggle={(open) => sections.toggle(section.id, open)}
              >
                <SectionFields {...part} section={section.id} id={id} />
              </FoldedSection>
            ))}
          </div>
        </Form>
        <aside
          aria-label="What callers will get"
          className="-mx-1 min-w-0 space-y-4 px-1 lg:sticky lg:top-0 lg:-my-7 lg:max-h-dvh lg:overflow-y-auto lg:py-7"
        >
          <RouteFindings
            tenant={tenant}
            findings={lint.findings}
            failed={lint.state === "failed"}
            checked={lint.answered}
            onGoTo={sections.goTo}
          />
          <h2 className="font-semibold text-base">What callers will get</h2>
          <RoutePreview tenant={tenant} gatewayUrl={gatewayUrl} values={values} />
          {id ? <KeysOfRoute tenant={tenant} routeId={id} /> : null}
        </aside>
      </div>
    </FieldNotes>
  );
}
