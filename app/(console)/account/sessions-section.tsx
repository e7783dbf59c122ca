"use client";
import { AccountSection } from "./account-section.tsx";

/** Where you are signed in. */
export function SessionsSection() {
  return (
    <AccountSection id="sessions" title="Where you are signed in">
      {null}
    </AccountSection>
  );
}
