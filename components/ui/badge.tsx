import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleOff,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
  MailOpen,
  PencilLine,
  Plus,
  RotateCw,
  Skull,
} from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type Tone = "neutral" | "ok" | "warn" | "bad" | "busy";

const TONES: Record<Tone, string> = {
  neutral: "bg-hover text-muted",
  ok: "bg-ok-tint text-ok",
  warn: "bg-warn-tint text-warn",
  bad: "bg-bad-tint text-bad",
  busy: "bg-busy-tint text-busy",
};

/** A word about something: a method, an auth mode, a role. */
export function Badge({
  tone = "neutral",
  icon,
  mono,
  children,
  title,
}: {
  tone?: Tone;
  icon?: ReactNode;
  mono?: boolean;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span
      title={title}
      className={cx(
        "inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm px-1.5 font-medium text-xs",
        mono && "font-mono",
        TONES[tone],
      )}
    >
      {icon}
      {children}
    </span>
  );
}

type Look = { tone: Tone; icon: LucideIcon; word: string };
const look = (tone: Tone, icon: LucideIcon, word: string): Look => ({ tone, icon, word });

/** Every state that the console shows, once: its colour, its icon and its word. */
const STATUS = {
  // jobs
  queued: look("neutral", CircleDashed, "Queued"),
  running: look("busy", LoaderCircle, "Running"),
  retrying: look("warn", RotateCw, "Retrying"),
  succeeded: look("ok", CircleCheck, "Succeeded"),
  dead: look("bad", Skull, "Dead"),
  cancelled: look("neutral", Ban, "Cancelled"),
  discarded: look("neutral", CircleX, "Discarded"),
  failed: look("bad", CircleX, "Failed"),
  // keys
  pending: look("neutral", Clock, "Pending"),
  active: look("ok", CircleCheck, "Active"),
  rotating: look("warn", RotateCw, "Rotating"),
  expired: look("neutral", Clock, "Expired"),
  revoked: look("bad", Ban, "Revoked"),
  // claim links
  waiting: look("neutral", CircleDashed, "Waiting"),
  opened: look("busy", MailOpen, "Opened"),
  revealed: look("ok", CircleCheck, "Revealed"),
  // gateways
  up: look("ok", CircleCheck, "Up"),
  silent: look("warn", CircleAlert, "Silent"),
  stopped: look("neutral", CircleOff, "Stopped"),
  refused: look("bad", CircleX, "Refused"),
  // routes and their changes
  live: look("ok", CircleCheck, "Live"),
  draft: look("busy", CircleDot, "Draft"),
  disabled: look("neutral", CircleOff, "Disabled"),
  added: look("ok", Plus, "Added"),
  changed: look("warn", PencilLine, "Changed"),
  removed: look("bad", CircleX, "Removed"),
} as const;

export type Status = keyof typeof STATUS;

/** A state with its icon and its word; `word` replaces the usual word where a page needs another. */
export function StatusBadge({ status, word }: { status: Status; word?: string }) {
  const { tone, icon: Icon, word: usual } = STATUS[status];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden size={12} />}>
      {word ?? usual}
    </Badge>
  );
}

/** An HTTP method, set so that a column of them lines up. */
export function MethodBadge({ method }: { method: string }) {
  return (
    <span className="inline-block w-14 shrink-0 font-medium font-mono text-muted text-xs" translate="no">
      {method}
    </span>
  );
}
