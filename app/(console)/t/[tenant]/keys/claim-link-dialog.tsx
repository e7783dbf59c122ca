"use client";
import { Mail } from "lucide-react";
import { buttonStyle } from "#components/ui/button-style.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";
import type { NewClaimLink } from "#lib/claims/schema.ts";
import { mailDraft } from "./claim-life.ts";

/** A new claim link, shown once, and how to send it. */
export function ClaimLinkDialog({
  tenant,
  claim,
  onDone,
}: {
  tenant: string;
  claim: NewClaimLink | null;
  onDone: () => void;
}) {
  return (
    <SecretDialog
      secret={claim?.link ?? null}
      onDone={onDone}
      title={claim ? `The claim link for “${claim.keyName}”` : "The claim link"}
      ifLost="If it is lost, or went to the wrong person, cancel it under Claim links and make another."
    >
      {claim ? (
        <div className="space-y-2">
          <p>
            Send it to the partner. Whoever opens it first can reveal the key, once; it stops working{" "}
            <RelativeTime at={claim.expiresAt} />. No key exists before that.
          </p>
          <a
            href={mailDraft({
              tenant,
              keyName: claim.keyName,
              expiresAt: claim.expiresAt,
              note: claim.note,
            })}
            className={buttonStyle("secondary", "medium")}
          >
            <Mail aria-hidden size={14} />
            Write an e-mail
          </a>
          <p className="text-muted text-xs">
            The draft has a place for the link instead of the link, which mail programs and webmail would
            write into their logs: copy it first, then paste it there.
          </p>
        </div>
      ) : null}
    </SecretDialog>
  );
}
