"use client";
import { useEffect, useRef } from "react";
import { flushSync } from "react-dom";

/**
 * Gives a function that does `work` at once or, while a button of the mouse or a finger is down, when it comes up again
 * and before what it presses is told. For what a blur leads to: if the page moved between the two halves of a press, the
 * press would be lost.
 */
export function useAfterPress(work: () => void): () => void {
  const newest = useRef(work);
  newest.current = work;
  const pressing = useRef(false);
  const waits = useRef(false);
  useEffect(() => {
    const down = () => {
      pressing.current = true;
    };
    const up = () => {
      pressing.current = false;
      if (!waits.current) return;
      waits.current = false;
      flushSync(() => newest.current());
    };
    document.addEventListener("mousedown", down, true);
    document.addEventListener("mouseup", up, true);
    return () => {
      document.removeEventListener("mousedown", down, true);
      document.removeEventListener("mouseup", up, true);
    };
  }, []);
  return () => {
    if (pressing.current) waits.current = true;
    else newest.current();
  };
}
