"use client";
import { useCallback, useMemo, useState } from "react";
import { whyNotRevoke } from "#lib/keys/rules.ts";
import type { ApiKey } from "#lib/keys/schema.ts";

const NOBODY: ReadonlySet<string> = new Set();

/** Which keys are chosen, on this page and those looked at before; a key that is revoked cannot be chosen. */
export function useKeySelection(keys: readonly ApiKey[]) {
  const [ids, setIds] = useState(NOBODY);
  const toggle = useCallback(
    (id: string) =>
      setIds((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const open = useMemo(
    () => keys.filter(({ id, status }) => whyNotRevoke(status) === null && !ids.has(id)).map(({ id }) => id),
    [keys, ids],
  );
  const choosePage = useCallback(() => setIds((before) => new Set([...before, ...open])), [open]);
  const clear = useCallback(() => setIds(NOBODY), []);
  return useMemo(
    () => ({ ids, left: open.length, toggle, choosePage, clear }),
    [ids, open, toggle, choosePage, clear],
  );
}
export type KeySelectionState = ReturnType<typeof useKeySelection>;
