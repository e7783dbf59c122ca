"use client";
import { useCallback, useEffect, useState } from "react";
import { dropLinkSecret, takeLinkSecret } from "#components/shell/link-secret.ts";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { OpenedReset } from "#lib/account/schema.ts";
import { ApiError, api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { ResetForm } from "./reset-form.tsx";

type State =
  | { at: "opening" | "no-link" | "dead" | "done" }
  | { at: "failed"; error: unknown }
  | { at: "opened"; secret: string; link: OpenedReset };

/** A link that is mangled beyond every shape is refused as input, and as dead as any. */
export const isDead = (error: unknown) => error instanceof ApiError && [404, 422].includes(error.status);

/** The page of somebody who holds a link to a new password. Opening it changes nothing. */
export function ResetView() {
  const [state, setState] = useState<State>({ at: "opening" });
  const open = useCallback(async () => {
    const secret = takeLinkSecret();
    if (secret === null) return setState({ at: "no-link" });
    setState({ at: "opening" });
    try {
      const link = await api.post<OpenedReset>("/password-resets/open", { secret });
      setState({ at: "opened", secret, link });
    } catch (error) {
      setState(isDead(error) ? { at: "dead" } : { at: "failed", error });
    }
  }, []);
  useEffect(() => {
    void open();
    const again = () => {
      if (location.hash.length > 1) void open();
    };
    window.addEventListener("hashchange", again);
    window.addEventListener("pagehide", dropLinkSecret);
    return () => {
      window.removeEventListener("hashchange", again);
      window.removeEventListener("pagehide", dropLinkSecret);
    };
  }, [open]);

  switch (state.at) {
    case "opening":
      return (
        <PlainPage title="Opening the link">
          <div role="status" aria-label="Opening the link" className="space-y-3">
            <Skeleton className="h-8 w-full" />
            <Skeleton className="h-8 w-full" />
          </div>
        </PlainPage>
      );
    case "no-link":
      return (
        <PlainPage
          title="Open the link again"
          lead="This page needs the whole link that was sent to you. It is taken out of the address as soon as the page is open, so that nobody can read it there, and a reload does not have it any more. The link is not used up by that."
        >
          <LinkButton href={paths.forgotPassword()}>Ask for a link</LinkButton>
        </PlainPage>
      );
    case "dead":
      return (
        <PlainPage
          title="This link does not work"
          lead="It was used, replaced by a newer one, or is too old, or a part of it is missing."
        >
          <LinkButton variant="primary" href={paths.forgotPassword()}>
            Ask for a new link
          </LinkButton>
        </PlainPage>
      );
    case "failed":
      return (
        <PlainPage title="The link could not be opened just now">
          <div className="space-y-4">
            <ErrorNotice error={state.error} />
            <Button variant="primary" onClick={() => void open()}>
              Try again
            </Button>
          </div>
        </PlainPage>
      );
    case "opened":
      return (
        <ResetForm
          secret={state.secret}
          email={state.link.email}
          onDone={() => {
            dropLinkSecret();
            setState({ at: "done" });
          }}
          onDead={() => setState({ at: "dead" })}
        />
      );
    case "done":
      return (
        <PlainPage
          title="Your password is set"
          lead="You are signed out everywhere. Access tokens keep working: look through them when you are in, if somebody else may have known the old password."
        >
          <LinkButton variant="primary" href={paths.signIn()}>
            Sign in
          </LinkButton>
        </PlainPage>
      );
  }
}
