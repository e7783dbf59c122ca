/** Shorter than this fits nearly everywhere and is only cut at its end, where it has to be. */
const SHORT = 40;
const TAIL = 16;

/**
 * Text of one line that gives up its middle when there is no room, because both ends tell it apart: a path, a URL.
 * Selecting and copying takes the whole of it, and screen readers read it whole.
 */
export function MiddleText({ text }: { text: string }) {
  if (text.length <= SHORT) return <span className="min-w-0 truncate">{text}</span>;
  return (
    <>
      <span className="sr-only select-none">{text}</span>
      <span aria-hidden className="flex min-w-0">
        <span className="min-w-0 truncate">{text.slice(0, -TAIL)}</span>
        <span className="shrink-0 whitespace-pre">{text.slice(-TAIL)}</span>
      </span>
    </>
  );
}
