"use client";
import { Undo2 } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Changes } from "#lib/publishing/schema.ts";
import { useDraftActions } from "./use-draft-actions.ts";

/** Offers to take back the last change of many routes at once, for as long as that is possible. */
export function LastChange({ tenant, undo }: { tenant: string; undo: NonNullable<Changes["undo"]> }) {
  const actions = useDraftActions(tenant);
  const routes = `${undo.routes.toLocaleString("en")} ${undo.routes === 1 ? "route" : "routes"}`;
  return (
    <p className="mb-6 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
      <span>
        {undo.routes === 1 ? "One route was" : `${routes} were`} discarded, restored, imported or changed
        together <RelativeTime at={undo.madeAt} />.
      </span>
      <Button
        size="small"
        icon={<Undo2 aria-hidden size={14} />}
        onClick={() =>
          actions
            .undo(`Took back the change of ${routes}`, undo.id)
            .catch((reason: unknown) => toast.error(reason, "It was not taken back"))
        }
      >
        {`Take back the change of ${routes}`}
      </Button>
    </p>
  );
}
