"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { signOutEverywhere } from "#components/shell/account.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { Input } from "#components/ui/input.tsx";
import { LinkButton, TextLink } from "#components/ui/link-button.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { isSupportRole, roleName, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Tenant } from "#lib/tenants/schema.ts";
import { DeleteTenant } from "./delete-tenant.tsx";
import { JobRetentionSettings } from "./job-retention-settings.tsx";
import { MaskRulesSettings } from "./mask-rules-settings.tsx";
import { SecuritySettings } from "./security-settings.tsx";
import { SupportAccess } from "./support-access.tsx";

/** The parts of the page in their order: what the tenant is, who comes in, what becomes of its jobs, and one's own. */
const PARTS = [
  { id: "tenant", label: "Tenant" },
  { id: "security", label: "Security" },
  { id: "support-access", label: "Support access" },
  { id: "jobs", label: "Jobs" },
  { id: "notices", label: "Who is told" },
  { id: "own", label: "Your ways in" },
  { id: "delete", label: "Delete" },
] as const;

/** The settings of a tenant. What only owners change is shown to everybody, and says so. */
export function SettingsView({ tenant, email }: { tenant: Tenant; email: string }) {
  const [leaving, setLeaving] = useState(false);
  const support = isSupportRole(tenant.role);
  return (
    <div className="max-w-180">
      <PageHeader title="Settings" />
      <nav aria-label="On this page" className="mb-6 flex flex-wrap gap-x-4 gap-y-1">
        {PARTS.filter(({ id }) => (id !== "own" && id !== "delete") || !support).map(({ id, label }) => (
          <TextLink key={id} href={`#${id}`}>
            {label}
          </TextLink>
        ))}
      </nav>
      <Part id="tenant">
        <Section title="Tenant">
          <TenantName tenant={tenant} />
          <div className="mt-6">
            <Facts
              items={[
                { name: "Address", value: <CopyId value={tenant.slug} label="slug" /> },
                { name: "Tenant ID", value: <CopyId value={tenant.id} label="tenant ID" /> },
                { name: "Your role", value: roleName(tenant.role) },
              ]}
            />
          </div>
        </Section>
      </Part>
      <Part id="security">
        <SecuritySettings tenant={tenant} />
      </Part>
      <SupportAccess tenant={tenant} />
      <Part id="jobs">
        <JobRetentionSettings tenant={tenant} />
        <MaskRulesSettings tenant={tenant} />
      </Part>
      <Part id="notices">
        <Section title="Who is told">
          <ul className="border-t">
            <Way
              name="Webhooks"
              text="Services and chats that are told when a job succeeds or dies, or of an alert."
              action={<LinkButton href={paths.webhooks(tenant.slug)}>Manage webhooks</LinkButton>}
            />
            <Way
              name="Alerts"
              text="When dead letters pile up, are forgotten, or bring a new error."
              action={<LinkButton href={paths.alerts(tenant.slug)}>Manage alerts</LinkButton>}
            />
          </ul>
        </Section>
      </Part>
      {support ? null : (
        <Part id="own">
          <Section title="Your ways in">
            <ul className="border-t">
              <Way
                name="Access tokens"
                text="For scripts that call the management API as you, in this tenant only."
                action={<LinkButton href={paths.tokens(tenant.slug)}>Manage access tokens</LinkButton>}
              />
              <Way
                name="Your account"
                text="Password, second factor, sign-in providers, and every browser in which you are signed in."
                action={<LinkButton href={paths.account()}>Go to your account</LinkButton>}
              />
              <Way
                name="Browser sessions"
                text={`Ends every session of ${email}, this one too.`}
                action={<Button onClick={() => setLeaving(true)}>Sign out everywhere</Button>}
              />
            </ul>
          </Section>
        </Part>
      )}
      {support ? null : (
        <Part id="delete">
          <DeleteTenant tenant={tenant} />
        </Part>
      )}
      <ConfirmDialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title="Sign out everywhere?"
        blastRadius="Every browser in which you are signed in, this one too, is signed out at once. Access tokens keep working."
        confirmLabel="Sign out everywhere"
        onConfirm={signOutEverywhere}
      />
    </div>
  );
}

function Part({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div id={id} className="scroll-mt-16">
      {children}
    </div>
  );
}

function Way({ name, text, action }: { name: string; text: string; action: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b py-3">
      <div className="min-w-0">
        <p className="font-medium">{name}</p>
        <p className="text-muted">{text}</p>
      </div>
      {action}
    </li>
  );
}

function TenantName({ tenant }: { tenant: Tenant }) {
  const router = useRouter();
  const refusal = whyNot(tenant.role, "tenant.manage");
  const form = useForm({
    initial: { name: tenant.name },
    schema: () => import("#lib/tenants/schema.ts").then((module) => module.editedTenantSchema),
    fields: ["name"],
    send: (input) => api.patch<Tenant>(`/tenants/${encodeURIComponent(tenant.slug)}`, input),
    onSaved: ({ name }) => {
      toast.success("Tenant renamed", `It is called ${name} now.`);
      router.refresh();
    },
  });
  return (
    <Form
      aria-label="Tenant name"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      attempt={form.attempt}
      footer={
        <Button
          type="submit"
          variant="primary"
          loading={form.busy}
          disabledReason={refusal ?? (form.dirty ? null : "The name is as it was.")}
        >
          Save name
        </Button>
      }
    >
      <Field
        label="Name"
        name="name"
        hint={refusal ?? "Shown in the console. The address, and with it every URL, stays the same."}
        error={form.errorAt("name")}
      >
        <Input
          value={form.values.name}
          readOnly={refusal !== null}
          onValueChange={(name) => form.set({ name })}
        />
      </Field>
    </Form>
  );
}
