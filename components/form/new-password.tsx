"use client";
import { CircleCheck, Eye, EyeOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { SHORTEST_PASSWORD, whyNotLength } from "#lib/sign-in/rules.ts";
import { Field } from "./field.tsx";

/** How long typing has to rest before the server is asked, in ms. */
const REST_MS = 400;

type NewPasswordProps = {
  value: string;
  onValueChange: (value: string) => void;
  error?: string | null | undefined;
  /** Asks the server why the password cannot be taken; null when it can. What it throws leaves the field silent. */
  judge: (password: string, signal: AbortSignal) => Promise<string | null>;
  autoFocus?: boolean;
};

/**
 * A password that somebody chooses. While they type it says what is missing: its length at once, by the server's own
 * rule, and how easily it is guessed when they rest, by asking the server, which knows the lists of stolen ones.
 */
export function NewPassword({ value, onValueChange, error, judge, autoFocus }: NewPasswordProps) {
  const [shown, setShown] = useState(false);
  const verdict = useVerdict(value, judge);
  return (
    <div className="space-y-1.5">
      <Field
        label="New password"
        name="password"
        error={error ?? (verdict.kind === "bad" ? verdict.reason : null)}
        hint={`At least ${SHORTEST_PASSWORD} characters. Four words that have nothing to do with each other are good; no digits or signs are asked for.`}
        aside={
          <Button
            variant="quiet"
            size="small"
            className="-my-1"
            aria-pressed={shown}
            icon={shown ? <EyeOff aria-hidden size={14} /> : <Eye aria-hidden size={14} />}
            onClick={() => setShown(!shown)}
          >
            {shown ? "Hide" : "Show"}
          </Button>
        }
      >
        <Input
          type={shown ? "text" : "password"}
          autoComplete="new-password"
          spellCheck={false}
          autoCapitalize="none"
          autoFocus={autoFocus}
          value={value}
          onValueChange={onValueChange}
        />
      </Field>
      <p role="status" className="min-h-4 text-xs">
        {verdict.kind === "short" ? <span className="text-muted">{verdict.reason}</span> : null}
        {verdict.kind === "good" ? (
          <span className="flex items-center gap-1 text-ok">
            <CircleCheck aria-hidden size={12} />
            This password is good.
          </span>
        ) : null}
      </p>
    </div>
  );
}

type Verdict = { kind: "none" } | { kind: "short" | "bad"; reason: string } | { kind: "good" };

function useVerdict(value: string, judge: NewPasswordProps["judge"]): Verdict {
  const [judged, setJudged] = useState<{ of: string; reason: string | null } | null>(null);
  const ask = useRef(judge);
  ask.current = judge;
  const length = value === "" ? null : whyNotLength(value);
  useEffect(() => {
    if (value === "" || length !== null) return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      ask.current(value, gone.signal).then(
        (reason) => setJudged({ of: value, reason }),
        () => undefined,
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [value, length]);
  if (value === "") return { kind: "none" };
  if (length !== null) return { kind: "short", reason: length };
  if (judged?.of !== value) return { kind: "none" };
  return judged.reason === null ? { kind: "good" } : { kind: "bad", reason: judged.reason };
}
