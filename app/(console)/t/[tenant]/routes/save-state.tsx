"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { paths } from "#lib/paths.ts";
import type { RouteEditing } from "./use-route-editor.ts";

/** Where what is typed stands: only here, or in the draft; never live before somebody publishes. */
export function SaveState({ tenant, editing }: { tenant: string; editing: RouteEditing }) {
  const { justSaved, undoSave, form } = editing;
  const [undoing, setUndoing] = useState(false);
  const undo = async () => {
    setUndoing(true);
    await undoSave?.();
    setUndoing(false);
  };
  return (
    <div className="mr-auto flex min-h-8 min-w-0 flex-wrap items-center gap-x-2">
      <p role="status" className="text-muted">
        {justSaved ? (
          <>
            Saved in the draft, not live yet. <TextLink href={paths.changes(tenant)}>Review changes</TextLink>
          </>
        ) : form.dirty ? (
          <>
            Not saved yet <Kbd keys="Ctrl S" />
          </>
        ) : null}
      </p>
      {justSaved && undoSave ? (
        <Button size="small" variant="quiet" loading={undoing} onClick={undo}>
          Undo save
        </Button>
      ) : null}
    </div>
  );
}
