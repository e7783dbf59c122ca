"use client";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";
import type { NewInvitation } from "#lib/invitations/schema.ts";
import { mailWords } from "./mail-words.ts";

/** The links of new invitations, shown once, and what became of the mails. */
export function InvitationLinks({
  made,
  onDone,
  seeAll,
}: {
  made: readonly NewInvitation[] | null;
  onDone: () => void;
  /** The list of invitations; left out where it is in view. */
  seeAll?: string;
}) {
  const [first] = made ?? [];
  const several = (made?.length ?? 0) > 1;
  const words = made ? mailWords(made) : null;
  return (
    <SecretDialog
      // One line for each person, as they are copied together.
      secret={made ? made.map((one) => (several ? `${one.email}  ${one.link}` : one.link)).join("\n") : null}
      onDone={onDone}
      title={several ? `${made?.length} invitation links` : `The invitation link for ${first?.email ?? ""}`}
      ifLost="If a link is lost, or went to the wrong person, make a new one under Invitations: the old one stops working."
    >
      {first && words ? (
        <div className="space-y-2">
          <Notice tone={words.tone}>{words.text}</Notice>
          <p>
            {several
              ? "Each link works once, for that address alone,"
              : `It works once, for ${first.email} alone,`}{" "}
            as {first.role}, and ends <RelativeTime at={first.expiresAt} />.
            {seeAll ? (
              <>
                {" "}
                Who has accepted is told under <TextLink href={seeAll}>Invitations</TextLink>.
              </>
            ) : null}
          </p>
        </div>
      ) : null}
    </SecretDialog>
  );
}
