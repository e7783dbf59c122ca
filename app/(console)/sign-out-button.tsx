"use client";
import { signOutHere } from "#components/shell/account.ts";
import { Button } from "#components/ui/button.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { paths } from "#lib/paths.ts";

/** Who is signed in, and the way out, for pages without the sidebar. */
export function SignOutButton({ email }: { email: string }) {
  return (
    <div className="mt-8 flex flex-wrap items-center justify-between gap-2 border-t pt-3 text-muted">
      <span className="min-w-0 break-words">
        Signed in as <TextLink href={paths.account()}>{email}</TextLink>
      </span>
      <Button
        variant="quiet"
        size="small"
        onClick={() => void signOutHere().catch((error: unknown) => toast.error(error))}
      >
        Sign out
      </Button>
    </div>
  );
}
