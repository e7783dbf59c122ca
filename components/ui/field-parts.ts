"use client";
import { type AriaAttributes, createContext, useContext } from "react";

/** What the control inside a Field must carry, so that it is labelled, described and marked. */
export type FieldParts = {
  /** The `id` that the label points to. */
  controlId: string;
  /** The ids of the error, the notes and the hint. */
  describedBy: string | undefined;
  invalid: boolean;
};

export const FieldPartsContext = createContext<FieldParts | null>(null);

type Own = Pick<AriaAttributes, "aria-describedby" | "aria-invalid"> & { id?: string | undefined };

/** The attributes that connect a control to the Field around it, if there is one; the control's own come first. */
export function useFieldParts(own: Own = {}) {
  const field = useContext(FieldPartsContext);
  return {
    id: own.id ?? field?.controlId,
    "aria-describedby": [own["aria-describedby"], field?.describedBy].filter(Boolean).join(" ") || undefined,
    "aria-invalid": own["aria-invalid"] || field?.invalid || undefined,
  };
}
