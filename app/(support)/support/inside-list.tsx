"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { MODE_WORDS } from "#lib/support/rules.ts";
import type { SupportSession } from "#lib/support/schema.ts";

/** The tenants in which the operator is now, with the ways back in and out; nothing when there are none. */
export function InsideList({ sessions }: { sessions: readonly SupportSession[] }) {
  const router = useRouter();
  const [leaving, setLeaving] = useState<string | null>(null);
  if (sessions.length === 0) return null;
  const leave = async ({ id, tenant }: SupportSession) => {
    setLeaving(id);
    try {
      await api.post(`/support/sessions/${id}/end`);
      toast.success(`You have left ${tenant.name}`);
    } catch (error) {
      toast.error(error);
    } finally {
      setLeaving(null);
      router.refresh();
    }
  };
  return (
    <Section title="You are inside">
      <ul aria-label="You are inside" className="border-t">
        {sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2.5">
            <div className="min-w-0 flex-1 basis-60">
              <p className="wrap-anywhere font-medium">{session.tenant.name}</p>
              <p className="wrap-anywhere text-muted text-xs">
                {MODE_WORDS[session.mode].name}, ends <RelativeTime at={session.expiresAt} />: “
                {session.reason}”
              </p>
            </div>
            <LinkButton size="small" href={paths.overview(session.tenant.slug)}>
              Open {session.tenant.name}
            </LinkButton>
            <Button size="small" loading={leaving === session.id} onClick={() => void leave(session)}>
              Leave
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
