"use client";
import { useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { MemberRole, Role } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { aRole, whyNotLeave } from "#lib/members/rules.ts";
import type { MemberDetail } from "#lib/members/schema.ts";
import type { MemberAsked } from "./member-dialogs.tsx";

/** One's own way out, and for owners how to hand the tenant on. */
export function LeaveSection({
  tenant,
  self,
  role,
  owners,
  onAsk,
}: {
  tenant: { slug: string; name: string };
  self: string;
  role: Role;
  owners: number;
  onAsk: (asked: MemberAsked) => void;
}) {
  const own = useQuery({
    queryKey: ["members", tenant.slug, "one", self],
    queryFn: ({ signal }) =>
      api.get<MemberDetail>(`/tenants/${encodeURIComponent(tenant.slug)}/members/${self}`, { signal }),
    enabled: false,
  });
  const refusal = whyNotLeave({ role: role as MemberRole, owners });
  const leave = async () => {
    const { data, error } = await own.refetch();
    if (data) onAsk({ action: "leave", member: data });
    else toast.error(error);
  };
  return (
    <Section title="Your own membership">
      <div className="mb-8 flex flex-wrap items-center justify-between gap-3 rounded-md border px-4 py-3">
        <div className="min-w-0 max-w-prose">
          <p>
            You are {aRole(role as MemberRole)} of{" "}
            <span className="wrap-anywhere font-medium">{tenant.name}</span>
            {role === "owner" ? (owners === 1 ? ", its only owner." : `, one of ${owners} owners.`) : "."}
          </p>
          <p className="text-muted">
            {role === "owner"
              ? "To hand the tenant on, open the menu of the member who is to own it; you stay as an admin, and can leave then."
              : "Leaving takes effect at once. To come back you need an invitation."}
          </p>
        </div>
        <Button
          icon={<LogOut aria-hidden size={14} />}
          disabledReason={refusal}
          loading={own.isFetching}
          onClick={() => void leave()}
        >
          Leave tenant
        </Button>
      </div>
    </Section>
  );
}
