"use client";
import { AccountSection } from "./account-section.tsx";

/** Security activity. */
export function ActivitySection() {
  return (
    <AccountSection id="activity" title="Security activity">
      {null}
    </AccountSection>
  );
}
