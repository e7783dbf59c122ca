"use client";
import type { Account } from "#lib/account/schema.ts";
import { AccountSection } from "./account-section.tsx";

/** Profile. */
export function ProfileSection({ initial }: { initial: Account }) {
  return (
    <AccountSection id="profile" title="Profile">
      {initial.name}
    </AccountSection>
  );
}
