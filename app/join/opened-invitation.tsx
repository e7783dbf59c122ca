"use client";
import { type ReactNode, useState } from "react";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api } from "#lib/api/client.ts";
import type { AcceptedInvitation, OpenedInvitation } from "#lib/invitations/schema.ts";
import { aRole, ROLE_MAY } from "#lib/members/rules.ts";
import { paths } from "#lib/paths.ts";
import { isDeadLink } from "./dead-link.ts";
import { parkSecret, takeSecret } from "./link-secret.ts";
import { SignUpForm } from "./sign-up-form.tsx";

type OpenedProps = {
  invitation: OpenedInvitation;
  signedInAs: string | null;
  onJoined: (joined: AcceptedInvitation, signedIn: boolean) => void;
  onDead: () => void;
};

/** What the invitation is about, and the ways to take it: as oneself, as another, with a new account. */
export function OpenedInvitationView({ invitation, signedInAs, onJoined, onDead }: OpenedProps) {
  const { tenant, email, role } = invitation;
  return (
    <PlainPage
      title={`Join ${tenant.name}`}
      lead={
        <span className="wrap-anywhere">
          {invitation.invitedBy} invites {email} as {aRole(role)}: {ROLE_MAY[role]}. The invitation ends{" "}
          <RelativeTime at={invitation.expiresAt} />.
        </span>
      }
    >
      {signedInAs === null ? (
        <Stranger invitation={invitation} onJoined={onJoined} onDead={onDead} />
      ) : signedInAs === email ? (
        <Accept invitation={invitation} onJoined={onJoined} onDead={onDead} />
      ) : (
        <SomebodyElse email={email} signedInAs={signedInAs} />
      )}
    </PlainPage>
  );
}

type WaysProps = Omit<OpenedProps, "signedInAs">;

function Accept({ invitation, onJoined, onDead }: WaysProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const accept = async () => {
    setBusy(true);
    setError(null);
    try {
      const secret = takeSecret();
      onJoined(await api.post<AcceptedInvitation>("/join/accept", { secret }), true);
    } catch (reason) {
      if (isDeadLink(reason)) return onDead();
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <div className="space-y-4">
      <Button variant="primary" className="w-full" loading={busy} onClick={() => void accept()}>
        Join {invitation.tenant.name}
      </Button>
      <ErrorNotice error={error} />
      <p className="text-muted">You are signed in as {invitation.email}.</p>
    </div>
  );
}

/** Goes to the sign-in, and comes back to this page with the invitation still in the tab. */
function toSignIn(): void {
  parkSecret();
  location.assign(paths.signIn(paths.join()));
}

function SomebodyElse({ email, signedInAs }: { email: string; signedInAs: string }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = async () => {
    setBusy(true);
    setError(null);
    try {
      const { signOut } = await import("next-auth/react");
      await signOut({ redirect: false });
      toSignIn();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <div className="space-y-4">
      <Notice tone="warn" title="This invitation is for somebody else">
        <span className="wrap-anywhere">
          It is for {email}, and you are signed in as {signedInAs}. If both are you, sign in as the other; the
          invitation stays as it is until then.
        </span>
      </Notice>
      <Button variant="primary" className="w-full" loading={busy} onClick={() => void change()}>
        Sign out, and sign in as {email}
      </Button>
      <ErrorNotice error={error} />
    </div>
  );
}

function Stranger({ invitation, onJoined, onDead }: WaysProps) {
  return (
    <div className="space-y-6">
      <Way title="Make an account">
        <SignUpForm invitation={invitation} onJoined={onJoined} onDead={onDead} />
      </Way>
      <Way title="Or use the account that you have">
        <p className="mb-3 text-muted">
          Sign in as <span className="wrap-anywhere">{invitation.email}</span>; you come back here to join.
        </p>
        <Button className="w-full" onClick={toSignIn}>
          Sign in to join
        </Button>
      </Way>
    </div>
  );
}

function Way({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-3 font-semibold text-base">{title}</h2>
      {children}
    </section>
  );
}
