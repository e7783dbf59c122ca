import type { Metadata } from "next";
import { requireOperator } from "#lib/access/current-actor.ts";
import { type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { holdsSecret } from "#lib/contract/desk-question.ts";
import { findAnywhere, listSupportSessions } from "#lib/support/queries.ts";
import { DeskView } from "./desk-view.tsx";

export const metadata: Metadata = { title: "Support desk" };

/** Where an operator starts: one field for whatever they were given. */
export default async function DeskPage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireOperator();
  const { q = "" } = await pageInput(searchParams, ["q"]);
  const asked = holdsSecret(q) ? "" : q.trim().slice(0, 200);
  const [found, open] = await Promise.all([
    asked === "" ? null : findAnywhere(actor, { q: asked }),
    listSupportSessions(actor, { state: "open", limit: 100 }),
  ]);
  return (
    <DeskView key={asked} asked={asked} found={found} inside={open.data.filter((session) => session.mine)} />
  );
}
