"use client";
import { type ComponentPropsWithRef, type MouseEvent, type ReactNode, useId } from "react";
import { type ButtonSize, type ButtonVariant, buttonStyle } from "./button-style.ts";
import { cx } from "./cx.ts";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

type Shared = Omit<ComponentPropsWithRef<"button">, "disabled" | "children" | "style"> & {
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  /** Under way: keeps its place and its focus, and ignores presses. */
  loading?: boolean | undefined;
  /** Why it cannot be pressed now, from the rule that the server enforces; null or undefined when it can. */
  disabledReason?: string | null | undefined;
};

export type ButtonProps = Shared & { icon?: ReactNode; children: ReactNode };

/** A button. One that is disabled says why, stays in the tab order and ignores presses. */
export function Button({
  variant = "secondary",
  size = "medium",
  loading,
  disabledReason,
  icon,
  children,
  className,
  ...rest
}: ButtonProps) {
  return (
    <Explained
      reason={disabledReason}
      loading={loading}
      {...rest}
      className={cx(buttonStyle(variant, size), className)}
    >
      {loading ? <Spinner /> : icon}
      {children}
    </Explained>
  );
}

export type IconButtonProps = Omit<Shared, "aria-label"> & {
  /** What pressing it does, for its name and its tooltip. */
  label: string;
  icon: ReactNode;
};

/** A button that is an icon; its label is its accessible name and its tooltip. */
export function IconButton({
  label,
  icon,
  variant = "quiet",
  size = "medium",
  loading,
  disabledReason,
  className,
  ...rest
}: IconButtonProps) {
  const button = (
    <Explained
      reason={disabledReason}
      loading={loading}
      {...rest}
      aria-label={label}
      className={cx(buttonStyle(variant, size, true), className)}
    >
      {loading ? <Spinner /> : icon}
    </Explained>
  );
  return disabledReason ? button : <Tooltip text={label}>{button}</Tooltip>;
}

/** Of a button that cannot be pressed now: it keeps its place in the tab order, and a press does nothing. */
const SILENT = {
  "aria-disabled": true,
  onClick: (event: MouseEvent) => event.preventDefault(),
  onMouseDown: undefined,
  onPointerDown: undefined,
  onKeyDown: undefined,
  onKeyUp: undefined,
};

function Explained({
  reason,
  loading,
  ...rest
}: Omit<ComponentPropsWithRef<"button">, "disabled" | "style"> & {
  reason: string | null | undefined;
  loading: boolean | undefined;
}) {
  const id = useId();
  const button = (
    <button
      type="button"
      {...rest}
      {...(loading || reason ? SILENT : {})}
      aria-busy={loading || undefined}
      aria-describedby={reason ? id : rest["aria-describedby"]}
    />
  );
  if (!reason) return button;
  return (
    <>
      <Tooltip text={reason}>{button}</Tooltip>
      <span id={id} className="sr-only">
        {reason}
      </span>
    </>
  );
}
