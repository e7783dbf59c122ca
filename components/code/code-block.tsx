import { CopyButton } from "#components/ui/copy.tsx";
import { cx } from "#components/ui/cx.ts";
import { highlight, type Piece } from "./highlight.ts";

export const INK: Record<Piece["kind"], string> = {
  plain: "",
  string: "text-ok",
  number: "text-busy",
  word: "text-link",
  name: "text-warn",
  note: "text-faint",
};

/** A command or a text to read and to copy. Long lines scroll, those of a message or a stack wrap; the copy is exactly `code`. */
export function CodeBlock({
  code,
  language = "shell",
  label,
  className,
}: {
  code: string;
  language?: "shell" | "json" | "text";
  /** What it is: "Call the route". The name of the region and of its copy button. */
  label: string;
  className?: string;
}) {
  return (
    <figure className={cx("min-w-0 overflow-hidden rounded-md border bg-surface", className)}>
      <figcaption className="flex h-9 items-center justify-between gap-2 border-b pr-1 pl-3 text-muted text-xs pointer-coarse:h-11">
        <span className="truncate">{label}</span>
        <CopyButton iconOnly size="small" variant="quiet" value={code} label={`Copy: ${label}`} />
      </figcaption>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto px-3 py-2.5 outline-offset-[-2px]"
      >
        <pre
          className={cx(
            "font-mono text-xs leading-5",
            language === "text" && "whitespace-pre-wrap break-words",
          )}
        >
          <code>
            {highlight(code, language).map((piece, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text have no identity but their place
              <span key={index} className={INK[piece.kind]}>
                {piece.text}
              </span>
            ))}
          </code>
        </pre>
      </section>
    </figure>
  );
}
