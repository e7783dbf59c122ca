"use client";
import { useEffect, useState } from "react";
import { dropLinkSecret, parkLinkSecret, takeLinkSecret } from "#components/shell/link-secret.ts";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";

type State =
  | { at: "opening" | "no-link" | "dead" }
  | { at: "ready"; secret: string }
  | { at: "done"; email: string };

const isDead = (error: unknown) => error instanceof ApiError && [404, 422].includes(error.status);

/** Proves an address when the button is pressed, not when the page is opened. */
export function VerifyView({ signedInAs }: { signedInAs: string | null }) {
  const [state, setState] = useState<State>({ at: "opening" });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const take = () => {
      const secret = takeLinkSecret();
      setState(secret === null ? { at: "no-link" } : { at: "ready", secret });
    };
    take();
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, []);

  const prove = async (secret: string) => {
    setBusy(true);
    setError(null);
    try {
      const { email } = await api.post<{ email: string }>("/me/email/verify", { secret });
      dropLinkSecret();
      setState({ at: "done", email });
    } catch (reason) {
      if (isDead(reason)) setState({ at: "dead" });
      else setError(reason);
    } finally {
      setBusy(false);
    }
  };

  const toAccount = <LinkButton href={paths.account()}>Go to your account</LinkButton>;
  switch (state.at) {
    case "opening":
      return <PlainPage title="Verify your address" />;
    case "no-link":
      return (
        <PlainPage
          title="Open the link again"
          lead="This page needs the whole link that was sent to you. A reload does not have it any more; the link is not used up by that."
        >
          {toAccount}
        </PlainPage>
      );
    case "dead":
      return (
        <PlainPage
          title="This link does not work"
          lead={`It was used, replaced by a newer one, or is too old, or it is not for the account of ${signedInAs ?? "the person who is signed in"}. You can have a new one sent from your account.`}
        >
          {toAccount}
        </PlainPage>
      );
    case "ready":
      return signedInAs === null ? (
        <PlainPage
          title="Sign in to go on"
          lead="The link verifies your address together with your sign-in, so that nobody else's account can get it."
        >
          <LinkButton variant="primary" href={paths.signIn(paths.verifyEmail())} onClick={parkLinkSecret}>
            Sign in
          </LinkButton>
        </PlainPage>
      ) : (
        <PlainPage
          title="Verify your address"
          lead={
            <>
              You are signed in as <strong className="wrap-anywhere text-text">{signedInAs}</strong>. The
              address to which this link was sent becomes that account’s.
            </>
          }
        >
          <div className="space-y-4">
            <ErrorNotice error={error} />
            <Button
              variant="primary"
              className="w-full"
              loading={busy}
              onClick={() => void prove(state.secret)}
            >
              This is my address
            </Button>
          </div>
        </PlainPage>
      );
    case "done":
      return (
        <PlainPage title="Your address is verified" lead={`${state.email} is the address of your account.`}>
          {toAccount}
        </PlainPage>
      );
  }
}
