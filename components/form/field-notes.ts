"use client";
import { createContext, useContext } from "react";

/** Something to know about what a field holds, apart from why it was refused. */
export type FieldNote = { tone: "warn" | "bad"; message: string };

const NONE: readonly FieldNote[] = [];

/** What is known about the field of a path; a form that has such notes provides it around its fields. */
export const FieldNotes = createContext<(name: string) => readonly FieldNote[]>(() => NONE);

/** The notes of one field. */
export function useFieldNotes(name: string | undefined): readonly FieldNote[] {
  const notesOf = useContext(FieldNotes);
  return name ? notesOf(name) : NONE;
}
