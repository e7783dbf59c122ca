"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { AcceptedInvitation, OpenedInvitation } from "#lib/invitations/schema.ts";
import { SHORTEST_PASSWORD } from "#lib/sign-in/rules.ts";
import { isDeadLink } from "./dead-link.ts";
import { takeSecret } from "./link-secret.ts";

type SignUpFormProps = {
  invitation: OpenedInvitation;
  onJoined: (joined: AcceptedInvitation, signedIn: boolean) => void;
  onDead: () => void;
};

/** A name and a password for the invited address; joins, and signs in with them. */
export function SignUpForm({ invitation, onJoined, onDead }: SignUpFormProps) {
  const form = useForm({
    initial: { name: "", password: "" },
    schema: () => import("#lib/invitations/schema.ts").then((module) => module.signUpSchema),
    toInput: (values) => ({ ...values, secret: takeSecret() ?? "" }),
    fields: ["name", "password"],
    send: async (input) => {
      try {
        const joined = await api.post<AcceptedInvitation>("/join/sign-up", input);
        return { joined, signedIn: await signIn(invitation.email, input.password) };
      } catch (error) {
        if (isDeadLink(error)) return null;
        throw error instanceof ApiError && error.status === 409 ? hasAccount(error) : error;
      }
    },
    onSaved: (done) => (done ? onJoined(done.joined, done.signedIn) : onDead()),
  });
  return (
    <Form
      aria-label="Make an account"
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <Button type="submit" variant="primary" className="w-full" loading={form.busy}>
          Make account and join
        </Button>
      }
    >
      <div className="space-y-4">
        {/* Password managers keep it beside the password; it cannot be another. */}
        <input type="email" name="email" autoComplete="username" value={invitation.email} readOnly hidden />
        <Field label="Your name" name="name" error={form.errorAt("name")}>
          <Input autoComplete="name" value={form.values.name} onValueChange={(name) => form.set({ name })} />
        </Field>
        <Field
          label="Password"
          name="password"
          error={form.errorAt("password")}
          hint={`At least ${SHORTEST_PASSWORD} characters. Four words that have nothing to do with each other are good.`}
        >
          <Input
            type="password"
            autoComplete="new-password"
            value={form.values.password}
            onValueChange={(password) => form.set({ password })}
          />
        </Field>
      </div>
    </Form>
  );
}

/** The same refusal in this page's words, without the details that would place it at a field that is not shown. */
const hasAccount = ({ status, code, requestId }: ApiError) =>
  new ApiError({
    status,
    code,
    requestId,
    message: "This address has an account already: press “Sign in to join” below.",
  });

/** Signs in with what was just chosen; false when that needs another step, which the sign-in page then asks for. */
async function signIn(email: string, password: string): Promise<boolean> {
  try {
    const { signIn: open } = await import("next-auth/react");
    const result = await open("credentials", { email, password, redirect: false });
    return Boolean(result?.ok && !result.error);
  } catch {
    return false;
  }
}
