import type { ReactNode } from "react";
import { Providers } from "#components/shell/providers.tsx";
import { SupportShell } from "#components/shell/support-shell.tsx";
import { requireOperator } from "#lib/access/current-actor.ts";
import { listSupportSessions } from "#lib/support/queries.ts";

/** The support desk: for operators of the installation; for everybody else it does not exist. */
export default async function SupportLayout({ children }: { children: ReactNode }) {
  const actor = await requireOperator();
  const open = await listSupportSessions(actor, { state: "open", limit: 100 });
  return (
    <Providers>
      <SupportShell
        person={{ name: actor.name, email: actor.email, operator: true }}
        inside={open.data.filter(({ mine }) => mine).map(({ tenant: { slug, name } }) => ({ slug, name }))}
      >
        {children}
      </SupportShell>
    </Providers>
  );
}
