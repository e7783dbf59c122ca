"use client";
import { useEffect, useState } from "react";
import { ApiError, api } from "#lib/api/client.ts";

/** Typing pauses this long before the server is asked, in ms: shorter asks for half words, longer feels late. */
const PAUSE = 300;

export type Answered<T> = { answer: T | null; state: "idle" | "asking" | "answered" | "failed" };

/**
 * What the server says about something that is being typed: asked when typing pauses, never twice at once, and
 * kept nowhere but here, because the body may hold what no cache should. Null asks nothing.
 */
export function useAnswer<T>(path: string, body: unknown): Answered<T> {
  const text = body === null ? null : JSON.stringify(body);
  const [answered, setAnswered] = useState<Answered<T>>({ answer: null, state: "idle" });
  useEffect(() => {
    if (text === null) {
      setAnswered({ answer: null, state: "idle" });
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      setAnswered((before) => ({ ...before, state: "asking" }));
      try {
        const answer = await api.post<T>(path, JSON.parse(text), { signal: abort.signal });
        if (!abort.signal.aborted) setAnswered({ answer, state: "answered" });
      } catch (error) {
        if (abort.signal.aborted) return;
        // A server without this check is no failure of what is being typed.
        const state = error instanceof ApiError && error.status === 404 ? "idle" : "failed";
        setAnswered({ answer: null, state });
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [path, text]);
  return answered;
}
