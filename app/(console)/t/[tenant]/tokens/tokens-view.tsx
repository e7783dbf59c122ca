"use client";
import { useUrlState } from "#components/table/use-url-state.ts";
import { type TokenScope, tryLine } from "#components/tokens/scope.ts";
import type { ShownToken } from "#components/tokens/token-columns.tsx";
import { TokenPanel } from "#components/tokens/token-panel.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import type { Page } from "#lib/api/client.ts";

export type Whose = "mine" | "service";

type Props = {
  tenant: { slug: string; role: Role };
  origin: string;
  whose: Whose;
  /** The list of the tab that the address names; null when the person may not see it. */
  loaded: { cursor: string | null; page: Page<ShownToken>; at: number } | null;
};

/** Tokens for scripts: one's own, and the tenant's. */
export function TokensView({ tenant: { slug, role }, origin, whose, loaded }: Props) {
  const url = useUrlState();
  const base = `/tenants/${encodeURIComponent(slug)}`;
  const curl = tryLine(origin, `/tenants/${slug}/routes`);
  const scopes: Record<Whose, TokenScope> = {
    mine: { path: `${base}/tokens`, kind: "own", role, curl },
    service: { path: `${base}/service-tokens`, kind: "service", role, curl },
  };
  const refusal = whyNot(role, "token.manage");
  return (
    <>
      <PageHeader
        title="Access tokens"
        description="For scripts and pipelines that call the management API, in this tenant only."
      />
      <Tabs<Whose>
        label="Whose tokens"
        value={whose}
        onValueChange={(next) => url.set({ of: next === "mine" ? null : next, trail: null })}
        tabs={[
          {
            value: "mine",
            label: "Mine",
            panel: (
              <TokenPanel
                key="mine"
                scope={scopes.mine}
                {...(loaded && whose === "mine" ? { loaded } : {})}
                empty={{
                  title: "You have no access token for this tenant",
                  body: "A token lets a script do what you may do here, or less. It is shown once, expires, and ends when you leave.",
                }}
              />
            ),
          },
          {
            value: "service",
            label: "Service tokens",
            panel: refusal ? (
              <EmptyState title="Service tokens are the tenant's own" body={refusal} />
            ) : (
              <TokenPanel
                key="service"
                scope={scopes.service}
                {...(loaded && whose === "service" ? { loaded } : {})}
                empty={{
                  title: "This tenant has no service token",
                  body: "A service token belongs to the tenant, not to a person: a pipeline's goes on when whoever made it leaves. It may do what you choose, and nothing else.",
                }}
              />
            ),
          },
        ]}
      />
    </>
  );
}
