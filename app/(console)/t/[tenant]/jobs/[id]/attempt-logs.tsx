import { cx } from "#components/ui/cx.ts";
import type { JobLogs } from "#lib/jobs/schema.ts";

const INK = { debug: "text-muted", info: "", warn: "text-warn", error: "text-bad" } as const;
const TIME = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

/** What an attempt printed, line by line, and how much of it is not here. */
export function AttemptLogs({ attempt, logs }: { attempt: number; logs: JobLogs }) {
  return (
    <figure className="mt-2 min-w-0 overflow-hidden rounded-md border bg-surface">
      <figcaption className="flex h-9 items-center border-b px-3 text-muted text-xs">
        Attempt {attempt}: what it printed
      </figcaption>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
        tabIndex={0}
        aria-label={`Attempt ${attempt}: what it printed`}
        className="max-h-72 overflow-auto py-2 font-mono text-xs leading-5 outline-offset-[-2px]"
      >
        {logs.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never change their place
          <div key={index}>
            {logs.dropped > 0 && index === logs.droppedAfter ? <Dropped count={logs.dropped} /> : null}
            <div className="flex gap-3 px-3">
              <time dateTime={line.at} className="shrink-0 text-muted">
                {TIME.format(new Date(line.at))}
              </time>
              <span className={cx("w-10 shrink-0", INK[line.level])}>{line.level}</span>
              <span className="min-w-0 whitespace-pre-wrap break-words">{line.message}</span>
            </div>
          </div>
        ))}
        {logs.dropped > 0 && logs.droppedAfter >= logs.lines.length ? <Dropped count={logs.dropped} /> : null}
      </section>
      {logs.cut ? (
        <p className="border-t px-3 py-1.5 text-muted text-xs">
          It printed more than is kept: lines were shortened or left out.
        </p>
      ) : null}
    </figure>
  );
}

const Dropped = ({ count }: { count: number }) => (
  <p className="px-3 py-1 font-sans text-muted">
    {count.toLocaleString("en")} {count === 1 ? "line" : "lines"} left out here
  </p>
);
