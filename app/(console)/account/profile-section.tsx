"use client";
import { useRouter } from "next/navigation";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { setTheme, THEMES, type Theme, useTheme } from "#components/shell/theme.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Account } from "#lib/account/schema.ts";
import { api } from "#lib/api/client.ts";
import { AccountSection } from "./account-section.tsx";
import { EmailSetting } from "./email-setting.tsx";
import { useAccount } from "./use-account.ts";

/** What somebody is called, where mail reaches them, and how the console looks to them. */
export function ProfileSection({ initial }: { initial: Account }) {
  const { account, set, reload } = useAccount(initial);
  return (
    <AccountSection
      id="profile"
      title="Profile"
      description="What the other members of your tenants see of you, and how the console looks to you."
    >
      <div className="space-y-6">
        <div className="max-w-120">
          <NameForm
            name={account.name}
            onSaved={(saved) => {
              set(saved);
              void reload();
            }}
          />
        </div>
        <EmailSetting account={account} onChanged={reload} />
        <div className="max-w-120">
          <ThemeSetting />
        </div>
      </div>
    </AccountSection>
  );
}

function NameForm({ name, onSaved }: { name: string; onSaved: (account: Account) => void }) {
  const router = useRouter();
  const form = useForm({
    initial: { name },
    schema: () => import("#lib/account/schema.ts").then((module) => module.profileSchema),
    fields: ["name"],
    send: (input) => api.patch<Account>("/me", input),
    onSaved: (account) => {
      form.reset({ name: account.name });
      onSaved(account);
      router.refresh();
      toast.success("Your name is saved.");
    },
  });
  return (
    <Form
      aria-label="Your name"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      attempt={form.attempt}
      footer={
        form.dirty ? (
          <>
            <Button onClick={() => form.reset({ name })}>Discard</Button>
            <Button type="submit" variant="primary" loading={form.busy}>
              Save name
            </Button>
          </>
        ) : null
      }
    >
      <Field label="Name" name="name" error={form.errorAt("name")}>
        <Input
          autoComplete="name"
          value={form.values.name}
          onValueChange={(next) => form.set({ name: next })}
        />
      </Field>
    </Form>
  );
}

function ThemeSetting() {
  const theme = useTheme();
  return (
    <Field label="Theme" hint="For this browser. System follows what your device is set to.">
      <Select<Theme> options={THEMES} value={theme} onValueChange={setTheme} />
    </Field>
  );
}
