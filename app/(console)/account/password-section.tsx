"use client";
import type { Account } from "#lib/account/schema.ts";
import { AccountSection } from "./account-section.tsx";

/** Password. */
export function PasswordSection({ initial }: { initial: Account }) {
  return (
    <AccountSection id="password" title="Password">
      {initial.name}
    </AccountSection>
  );
}
