import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { getEffects, getRevisionSummary, listChanges, listRevisions } from "#lib/publishing/queries.ts";
import { CHANGES_PER_PAGE } from "../../changes/page-size.ts";
import { filtersFrom } from "../../changes/search-filters.ts";
import { RevisionView } from "./revision-view.tsx";

type Props = { params: Promise<{ tenant: string; number: string }>; searchParams: PageSearch };

const numberFrom = (text: string | undefined) => (text && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Revision ${(await params).number}` };
}

export default async function RevisionPage({ params, searchParams }: Props) {
  const { tenant, number: text } = await params;
  const actor = await requireTenantActor(tenant);
  const number = numberFrom(text);
  if (number === null) notFound();
  const given = await pageInput(searchParams, ["q", "kind", "effect", "cursor", "with"]);
  try {
    const revision = await getRevisionSummary(actor, { number });
    const recent = await listRevisions(actor, { limit: 100 });
    const live = recent.data.find((one) => one.live)?.number ?? null;
    const asked = given.with === "live" ? live : numberFrom(given.with);
    const other = asked ?? (number > 1 ? number - 1 : null);
    if (other === null)
      return <RevisionView {...{ tenant, revision }} role={actor.tenant.role} live={live} />;
    const sides = { from: other, to: number };
    const { page } = await fromCursor(given.cursor, (cursor) =>
      listChanges(actor, { ...sides, ...filtersFrom(given), limit: CHANGES_PER_PAGE, cursor }),
    );
    return (
      <RevisionView
        // Another comparison is another list: it begins with what the server found for it.
        key={`${number} ${other}`}
        tenant={tenant}
        revision={revision}
        role={actor.tenant.role}
        live={live}
        comparison={{
          sides,
          numbers: recent.data.map((one) => one.number),
          routes: { data: page.data, nextCursor: page.next_cursor },
          effects: await getEffects(actor, sides),
          loadedAt: Date.now(),
        }}
      />
    );
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  }
}
