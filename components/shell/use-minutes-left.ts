"use client";
import { useEffect, useState } from "react";
import { minutesLeft } from "#lib/support/rules.ts";

const LOOK_EVERY_MS = 5_000;

/** Whole minutes until the moment, and 0 from then on. */
export function useMinutesLeft(expiresAt: string): number {
  const [left, setLeft] = useState(() => minutesLeft(expiresAt, Date.now()));
  useEffect(() => {
    const look = () => setLeft(minutesLeft(expiresAt, Date.now()));
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}
