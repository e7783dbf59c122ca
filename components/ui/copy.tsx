"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "./button.tsx";
import { cx } from "./cx.ts";

/** Copies and says so for two seconds; false from `copy` when the browser refused. */
function useCopy(value: string) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<boolean> => {
    try {
      await navigator.clipboard.writeText(value);
      setState("copied");
      return true;
    } catch {
      setState("refused");
      return false;
    }
  };
  return { state, copy };
}

const WORDS = { idle: "", copied: "Copied", refused: "Select and copy it by hand" };

function Announce({ state }: { state: keyof typeof WORDS }) {
  return (
    <span role="status" className="sr-only">
      {WORDS[state]}
    </span>
  );
}

/** A button that copies `value` and confirms it. */
export function CopyButton({
  value,
  label = "Copy",
  variant = "secondary",
  size = "medium",
  iconOnly,
  onCopied,
}: {
  value: string;
  label?: string;
  variant?: "primary" | "secondary" | "quiet";
  size?: "small" | "medium";
  iconOnly?: boolean;
  onCopied?: () => void;
}) {
  const { state, copy } = useCopy(value);
  const press = async () => {
    if (await copy()) onCopied?.();
  };
  const icon = state === "copied" ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />;
  return (
    <>
      {iconOnly ? (
        <IconButton label={WORDS[state] || label} icon={icon} variant={variant} size={size} onClick={press} />
      ) : (
        <Button icon={icon} variant={variant} size={size} onClick={press}>
          {WORDS[state] || label}
        </Button>
      )}
      <Announce state={state} />
    </>
  );
}

/** An identifier in full or shortened in the middle; a click copies the whole of it. */
export function CopyId({
  value,
  label = "ID",
  short,
  className,
}: {
  value: string;
  /** What it is the identifier of: "job ID". */
  label?: string;
  short?: boolean;
  className?: string;
}) {
  const { state, copy } = useCopy(value);
  const shown = short && value.length > 13 ? `${value.slice(0, 8)}…${value.slice(-4)}` : value;
  return (
    <>
      <button
        type="button"
        title={`Copy ${label} ${value}`}
        aria-label={`Copy ${label} ${shown}`}
        onClick={copy}
        className={cx(
          "group/copy -mx-1 inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm px-1 font-mono text-muted text-xs hover:bg-hover hover:text-text",
          className,
        )}
      >
        <span className={cx(short ? "whitespace-nowrap" : "break-all text-left")}>{shown}</span>
        {state === "copied" ? (
          <Check aria-hidden size={12} className="shrink-0 text-ok" />
        ) : (
          <Copy
            aria-hidden
            size={12}
            className="shrink-0 opacity-0 group-hover/copy:opacity-100 group-focus-visible/copy:opacity-100 pointer-coarse:opacity-100"
          />
        )}
      </button>
      <Announce state={state} />
    </>
  );
}
