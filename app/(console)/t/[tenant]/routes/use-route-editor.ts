"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useForm } from "#components/form/use-form.ts";
import { toast } from "#components/ui/toast.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { RouteFields } from "#lib/contract/route.ts";
import { paths } from "#lib/paths.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { documentOf, type RouteFormValues, toFormValues } from "./route-form-values.ts";
import { PLACED_FIELDS } from "./route-sections.ts";

/** The route that was created a moment ago, so that its page can say so; the form itself was another one. */
let justCreated: string | null = null;

type Options = {
  tenant: string;
  /** The route to edit as the server read it; null makes a new one. */
  route: DraftRoute | null;
  initial: RouteFormValues;
};

/** The life of a route's form: what is saved, what is typed, saving, taking a save back, two editors at once. */
export function useRouteEditor({ tenant, route, initial }: Options) {
  const router = useRouter();
  const client = useQueryClient();
  const base = `/tenants/${encodeURIComponent(tenant)}/routes`;
  const [saved, setSaved] = useState(route);
  const version = useRef(route?.version ?? 0);
  const [conflict, setConflict] = useState<{ mine: RouteFields; theirs: DraftRoute } | null>(null);
  /** What the last save on this page replaced; null when nothing was saved yet. */
  const [replaced, setReplaced] = useState<RouteFields | null>(null);
  const [fresh, setFresh] = useState(() => route !== null && justCreated === route.id);
  useEffect(() => {
    if (justCreated === route?.id) justCreated = null;
  }, [route?.id]);

  const put = (id: string, document: RouteFields) =>
    api.put<DraftRoute>(`${base}/${id}`, { ...document, version: version.current });

  const send = async (document: RouteFields): Promise<DraftRoute> => {
    if (!saved) return api.post<DraftRoute>(base, document);
    try {
      return await put(saved.id, document);
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) {
        setConflict({ mine: document, theirs: await api.get<DraftRoute>(`${base}/${saved.id}`) });
      }
      throw error;
    }
  };

  /** The server holds another version now: lists and counts follow, and so does what the browser kept of the page. */
  const follow = (next: DraftRoute) => {
    version.current = next.version;
    setSaved(next);
    setConflict(null);
    client.removeQueries({ queryKey: ["routes", tenant] });
    void client.invalidateQueries({ queryKey: ["changes", tenant] });
    router.refresh();
  };

  const form = useForm({
    initial,
    schema: () => import("./route-form-schema.ts").then((module) => module.routeFormSchema),
    fields: PLACED_FIELDS,
    send,
    onSaved: (next) => {
      if (saved) {
        setReplaced(documentOf(saved));
        follow(next);
        return;
      }
      justCreated = next.id;
      client.removeQueries({ queryKey: ["routes", tenant] });
      void client.invalidateQueries({ queryKey: ["changes", tenant] });
      router.replace(paths.route(tenant, next.id));
    },
  });

  const show = (next: DraftRoute) => {
    follow(next);
    form.reset(toFormValues(documentOf(next)));
  };

  /** Saves another document in place of what is saved; only while nothing is typed. */
  const replace = async (document: RouteFields) => {
    if (saved) show(await put(saved.id, document));
  };

  return {
    form,
    saved,
    conflict,
    /** Whether there is something to say about a save: what was saved is in the draft and nowhere else. */
    justSaved: !form.dirty && (fresh || replaced !== null),
    undoSave: replaced
      ? async () => {
          try {
            await replace(replaced);
            setReplaced(null);
            setFresh(false);
            toast.success("Undone", "The draft holds the route as it was before your last save.");
          } catch (error) {
            toast.error(error, "The save could not be undone");
          }
        }
      : null,
    keepMine: () => {
      if (!conflict) return;
      version.current = conflict.theirs.version;
      setSaved(conflict.theirs);
      setConflict(null);
      void form.submit();
    },
    takeTheirs: () => {
      if (conflict) show(conflict.theirs);
    },
    discard: () => {
      const typed = form.values;
      form.reset(saved ? toFormValues(documentOf(saved)) : initial);
      toast.undo("Discarded what you changed", async () => form.set(typed));
    },
    switchTo: async (enabled: boolean) => {
      if (!saved) return;
      const words = (on: boolean) =>
        `${on ? "Enabled" : "Disabled"} ${saved.method} ${saved.path} in the draft`;
      try {
        await replace({ ...documentOf(saved), enabled });
        toast.undo(words(enabled), () => replace({ ...documentOf(saved), enabled: !enabled }));
      } catch (error) {
        toast.error(error, `It could not be ${enabled ? "enabled" : "disabled"}`);
      }
    },
  };
}

export type RouteEditing = ReturnType<typeof useRouteEditor>;
