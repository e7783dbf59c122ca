"use client";
import { useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { AcceptedInvitation, OpenedInvitation } from "#lib/invitations/schema.ts";
import { aRole } from "#lib/members/rules.ts";
import { paths } from "#lib/paths.ts";
import { isDeadLink } from "./dead-link.ts";
import { dropSecret, takeSecret } from "./link-secret.ts";
import { OpenedInvitationView } from "./opened-invitation.tsx";

type State =
  | { at: "opening" }
  | { at: "no-link" }
  | { at: "dead" }
  | { at: "failed"; error: unknown }
  | { at: "opened"; invitation: OpenedInvitation }
  | { at: "joined"; joined: AcceptedInvitation; signedIn: boolean };

/** The page of somebody who is invited. The link's secret is in this page's memory and goes with it. */
export function JoinView({ signedInAs }: { signedInAs: string | null }) {
  const [state, setState] = useState<State>({ at: "opening" });

  const open = useCallback(async () => {
    const secret = takeSecret();
    if (secret === null) return setState({ at: "no-link" });
    setState({ at: "opening" });
    try {
      setState({ at: "opened", invitation: await api.post<OpenedInvitation>("/join/open", { secret }) });
    } catch (error) {
      // A link that is mangled beyond every shape is refused as input, and as dead as any.
      const mangled = error instanceof ApiError && error.status === 422;
      setState(isDeadLink(error) || mangled ? { at: "dead" } : { at: "failed", error });
    }
  }, []);

  useEffect(() => {
    void open();
    const again = () => {
      if (location.hash.length > 1) void open();
    };
    // Browsers keep whole pages for the back button; without its secret this one could do nothing any more.
    const drop = () => {
      dropSecret();
      flushSync(() => setState({ at: "no-link" }));
    };
    window.addEventListener("hashchange", again);
    window.addEventListener("pagehide", drop);
    return () => {
      window.removeEventListener("hashchange", again);
      window.removeEventListener("pagehide", drop);
    };
  }, [open]);

  const onJoined = (joined: AcceptedInvitation, signedIn: boolean) => {
    dropSecret();
    // Somebody who was a member before is told so; everybody else wants to see the tenant.
    if (signedIn && !joined.already) location.assign(paths.overview(joined.tenant.slug));
    else setState({ at: "joined", joined, signedIn });
  };

  switch (state.at) {
    case "opening":
      return (
        <PlainPage title="Opening the invitation">
          <div role="status" aria-label="Opening the invitation" className="space-y-3">
            <Skeleton className="h-5 w-full" />
            <Skeleton className="h-24 w-full" />
          </div>
        </PlainPage>
      );
    case "no-link":
      return (
        <PlainPage
          title="Open the link again"
          lead="This page needs the whole link that was sent to you. It is taken out of the address as soon as the page is open, so that nobody can read it there, and a reload does not have it any more. The invitation is not used up by that."
        />
      );
    case "dead":
      return (
        <PlainPage
          title="This invitation does not work"
          lead="It may have been used, withdrawn or expired, or a part of the link is missing. Ask whoever invited you for a new one."
        >
          <LinkButton href={paths.home()}>Go to Gatehouse</LinkButton>
        </PlainPage>
      );
    case "failed":
      return (
        <PlainPage title="The invitation could not be opened just now">
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
        <OpenedInvitationView
          invitation={state.invitation}
          signedInAs={signedInAs}
          onJoined={onJoined}
          onDead={() => setState({ at: "dead" })}
        />
      );
    case "joined": {
      const { joined, signedIn } = state;
      return (
        <PlainPage
          title={joined.already ? "You are a member already" : `You have joined ${joined.tenant.name}`}
          lead={
            joined.already
              ? `You keep the role that you have in ${joined.tenant.name}: you are ${aRole(joined.role)} there. The invitation is used up.`
              : `You are ${aRole(joined.role)} there. Sign in as ${joined.email} to begin.`
          }
        >
          <LinkButton
            variant="primary"
            href={
              signedIn ? paths.overview(joined.tenant.slug) : paths.signIn(paths.overview(joined.tenant.slug))
            }
          >
            {signedIn ? `Go to ${joined.tenant.name}` : "Sign in"}
          </LinkButton>
        </PlainPage>
      );
    }
  }
}
