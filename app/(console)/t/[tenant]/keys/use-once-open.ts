"use client";
import { useState } from "react";

/** Whether something was ever open: what it needs is fetched then and not before, and stays to fade out. */
export function useOnceOpen(open: boolean): boolean {
  const [used, setUsed] = useState(open);
  if (open && !used) setUsed(true);
  return used;
}
