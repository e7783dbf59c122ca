"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import type { Demands, Security } from "#lib/policies/schema.ts";
import type { Tenant } from "#lib/tenants/schema.ts";
import { DemandDialog } from "./demand-dialog.tsx";

/** What the tenant asks of everybody who enters it, and whom that would keep out before it holds. */
export function SecuritySettings({ tenant }: { tenant: Tenant }) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant.slug)}/security`;
  const key = ["security", tenant.slug];
  const security = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Security>(path, { signal }),
  });
  const [asking, setAsking] = useState<"two-factor" | "sso" | null>(null);
  const save = async (demands: Demands, said: string) => {
    const version = security.data?.version ?? 0;
    try {
      client.setQueryData(key, await api.put<Security>(path, { ...demands, version }));
      toast.success(said, "It holds from everybody’s next request on.");
    } finally {
      await client.invalidateQueries({ queryKey: key });
    }
  };
  const { data } = security;
  if (!data) {
    return (
      <Section title="Security">
        {security.error ? (
          <ErrorState error={security.error} onRetry={() => void security.refetch()} />
        ) : (
          <Skeleton className="h-32" />
        )}
      </Section>
    );
  }
  const refusal = whyNot(tenant.role, "tenant.manage");
  const { requireTwoFactor, onlySso, ssoProviders, providers } = data;
  const now: Demands = { requireTwoFactor, onlySso, ssoProviders };
  const less = (demands: Partial<Demands>, said: string) =>
    void save({ ...now, ...demands }, said).catch((error: unknown) => toast.error(error));
  const chosen = ssoProviders.map((name) => providers.find((each) => each.name === name)?.label ?? name);
  const noProvider =
    providers.length === 0 && !onlySso
      ? "This installation has no identity provider yet. Whoever runs it sets one up."
      : null;
  return (
    <Section title="Security">
      <div className="space-y-4">
        <Switch
          label="Require a second factor"
          hint="Whoever has not given one when signing in, an operator of support too, is asked to before they come in. Their access tokens work once they have set one up."
          checked={requireTwoFactor}
          disabledReason={refusal}
          onCheckedChange={(on) =>
            on ? setAsking("two-factor") : less({ requireTwoFactor: false }, "No second factor is asked for")
          }
        />
        <Switch
          label="Let members in only through an identity provider"
          hint={
            onlySso
              ? `Members come in through ${chosen.join(" or ")}. Service tokens go on; of people’s access tokens, those that were made for this tenant in such a session.`
              : "Passwords and passkeys then open everything else of a person, and not this tenant."
          }
          checked={onlySso}
          disabledReason={refusal ?? noProvider}
          onCheckedChange={(on) =>
            on ? setAsking("sso") : less({ onlySso: false }, "Members sign in in any way they have")
          }
        />
        {onlySso ? (
          <Button className="ml-8" disabledReason={refusal} onClick={() => setAsking("sso")}>
            Choose providers
          </Button>
        ) : null}
      </div>
      {asking ? (
        <DemandDialog
          kind={asking}
          path={path}
          now={now}
          providers={providers}
          onClose={() => setAsking(null)}
          onSave={save}
        />
      ) : null}
    </Section>
  );
}
