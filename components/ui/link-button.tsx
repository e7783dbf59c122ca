import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { type ButtonSize, type ButtonVariant, buttonStyle } from "./button-style.ts";
import { cx } from "./cx.ts";

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function LinkButton({
  variant = "secondary",
  size = "medium",
  icon,
  children,
  className,
  ...rest
}: ComponentProps<typeof Link> & { variant?: ButtonVariant; size?: ButtonSize; icon?: ReactNode }) {
  return (
    <Link {...rest} className={cx(buttonStyle(variant, size), className)}>
      {icon}
      {children}
    </Link>
  );
}

/** A link inside a sentence or a cell. */
export function TextLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      {...rest}
      className={cx(
        "text-link underline decoration-line underline-offset-3 hover:decoration-current",
        className,
      )}
    />
  );
}
