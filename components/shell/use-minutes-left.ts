"use client";
import { useEffect, useState } from "react";
import { minutesLeft } from "#lib/support/rules.ts";

const LOOK_EVERY_MS = 5_000;

const leftUntil = (moment: string | null) =>
  moment === null ? Number.POSITIVE_INFINITY : minutesLeft(moment, Date.now());

/** Whole minutes until the moment, and 0 from then on; without one they never end. */
export function useMinutesLeft(expiresAt: string | null): number {
  const [left, setLeft] = useState(() => leftUntil(expiresAt));
  useEffect(() => {
    if (expiresAt === null) return;
    const look = () => setLeft(leftUntil(expiresAt));
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}
