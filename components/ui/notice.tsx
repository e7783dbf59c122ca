import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { CopyId } from "./copy.tsx";
import { cx } from "./cx.ts";
import { describeError } from "./describe-error.ts";

const TONES = {
  info: { icon: Info, style: "bg-busy-tint", mark: "text-busy" },
  warn: { icon: TriangleAlert, style: "bg-warn-tint", mark: "text-warn" },
  bad: { icon: CircleAlert, style: "bg-bad-tint", mark: "text-bad" },
};

/** Something to know before going on, where it matters. */
export function Notice({
  tone = "info",
  title,
  children,
  action,
}: {
  tone?: keyof typeof TONES;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const { icon: Icon, style, mark } = TONES[tone];
  return (
    <div className={cx("flex items-start gap-2 rounded-md px-3 py-2", style)}>
      <Icon aria-hidden size={16} className={cx("mt-0.5 shrink-0", mark)} />
      <div className="min-w-0 flex-1 space-y-0.5">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className="text-text">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}

/** Why what was asked for was not done: announced at once, with the request ID. Nothing when there is no error. */
export function ErrorNotice({ error }: { error: unknown }) {
  const words = error ? describeError(error) : null;
  return (
    <div role="alert">
      {words ? (
        <Notice tone="bad" title={words.what}>
          {words.todo}
          {words.requestId ? (
            <span className="flex items-center gap-1 text-muted text-xs">
              Request <CopyId value={words.requestId} label="request ID" />
            </span>
          ) : null}
        </Notice>
      ) : null}
    </div>
  );
}
