"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import type { JobView } from "#lib/job-views/schema.ts";
import { paths } from "#lib/paths.ts";
import { isNarrowed, type JobListFilters, sameView, viewOf } from "./list-filters.ts";

const SaveView = fetchedAhead(() => import("./view-dialogs.tsx").then((module) => module.SaveView));
const ManageViews = fetchedAhead(() => import("./view-dialogs.tsx").then((module) => module.ManageViews));

type Props = { tenant: { slug: string; role: Role }; filters: JobListFilters };

/** The views of the list that somebody has saved: to go to one, to save this one, to put them in order. */
export function SavedViews({ tenant, filters }: Props) {
  const client = useQueryClient();
  const [doing, setDoing] = useState<"save" | "manage" | null>(null);
  const path = `/tenants/${encodeURIComponent(tenant.slug)}/job-views`;
  const queryKey = ["job-views", tenant.slug];
  const { data: views = [] } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.get<JobView[]>(path, { signal }),
  });
  const current = views.find((view) => sameView(view.filters, filters));
  const toSave = isNarrowed(filters) || filters.sort === "oldest";
  const own = views.filter((view) => !view.shared);
  const shared = views.filter((view) => view.shared);
  const entry = (view: JobView) => ({
    label: view === current ? `${view.name} (shown)` : view.name,
    href: paths.jobs(tenant.slug, view.filters),
  });
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button icon={<Bookmark aria-hidden size={14} />}>
            <span className="max-w-40 truncate">{current ? current.name : "Views"}</span>
          </Button>
        }
        items={[
          ...own.map(entry),
          ...(own.length > 0 && shared.length > 0 ? [null] : []),
          ...shared.map((view) => ({ ...entry(view), label: `${entry(view).label}, shared` })),
          ...(views.length > 0 ? [null] : []),
          {
            label: "Save this view…",
            onSelect: () => setDoing("save"),
            disabledReason:
              whyNot(tenant.role, "view.save") ??
              (current
                ? "It is saved already."
                : toSave
                  ? null
                  : "Choose filters first: this is the whole list."),
          },
          {
            label: "Manage views…",
            onSelect: () => setDoing("manage"),
            disabledReason: views.length === 0 ? "There is none yet." : null,
          },
        ]}
      />
      {doing === "save" ? (
        <SaveView
          role={tenant.role}
          onClose={() => setDoing(null)}
          send={async (input) => {
            await api.post(path, { ...input, filters: viewOf(filters) });
            await client.invalidateQueries({ queryKey });
          }}
        />
      ) : null}
      {doing === "manage" ? (
        <ManageViews
          role={tenant.role}
          views={views}
          onClose={() => setDoing(null)}
          change={async (id, input) => {
            await api.patch(`${path}/${id}`, input);
            await client.invalidateQueries({ queryKey });
          }}
          remove={async (id) => {
            await api.delete(`${path}/${id}`);
            await client.invalidateQueries({ queryKey });
          }}
        />
      ) : null}
    </>
  );
}
