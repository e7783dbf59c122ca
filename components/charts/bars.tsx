import { cx } from "#components/ui/cx.ts";
import { type Bar, scaleTop, summary } from "./bars-words.ts";

const HEIGHT = 96;
const WIDTH = 8;
const GAP = 2;

type BarsProps = {
  /** What is counted, for the name of the chart: "Requests in the last 24 hours". */
  label: string;
  bars: readonly Bar[];
  /** What the whole of a bar counts, and the part of it that is marked: "requests", "refused". */
  whole: string;
  part: string;
  /** The ends of the axis of time. */
  from: string;
  to: string;
};

/**
 * Amounts over time, one bar for each stretch of it, with a part of each marked. The same numbers are in a table
 * below, for whoever reads rather than looks.
 */
export function Bars({ label, bars, whole, part, from, to }: BarsProps) {
  const top = scaleTop(bars);
  const height = (amount: number) => (amount === 0 ? 0 : Math.max(2, (amount / top) * HEIGHT));
  return (
    <figure className="min-w-0">
      <div className="flex justify-between text-muted text-xs tabular-nums">
        <span>{top.toLocaleString("en")}</span>
        <span aria-hidden className="flex items-center gap-3">
          <Mark className="bg-accent">{whole}</Mark>
          <Mark className="bg-bad">{part}</Mark>
        </span>
      </div>
      <svg
        role="img"
        aria-label={`${label}: ${summary(bars, whole, part)}`}
        viewBox={`0 0 ${bars.length * WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="mt-1 block h-24 w-full border-b border-edge"
      >
        {bars.map(({ at, time, amount, marked }, index) => (
          <g key={at}>
            <title>{`${time}: ${amount.toLocaleString("en")} ${whole}, ${marked.toLocaleString("en")} ${part}`}</title>
            <rect
              x={index * WIDTH}
              y={0}
              width={WIDTH}
              height={HEIGHT}
              className="fill-transparent hover:fill-hover"
            />
            <rect
              x={index * WIDTH + GAP / 2}
              y={HEIGHT - height(amount)}
              width={WIDTH - GAP}
              height={height(amount)}
              className="pointer-events-none fill-accent"
            />
            <rect
              x={index * WIDTH + GAP / 2}
              y={HEIGHT - height(marked)}
              width={WIDTH - GAP}
              height={height(marked)}
              className="pointer-events-none fill-bad"
            />
          </g>
        ))}
      </svg>
      <div aria-hidden className="mt-1 flex justify-between text-muted text-xs">
        <span>{from}</span>
        <span>{to}</span>
      </div>
      <details className="mt-2">
        <summary className="w-fit cursor-pointer text-muted hover:text-text">Show the numbers</summary>
        <table className="mt-2 w-full max-w-96 text-left tabular-nums">
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr className="border-b text-muted text-xs">
              <th scope="col" className="py-1 font-medium">
                From
              </th>
              <th scope="col" className="py-1 text-right font-medium first-letter:uppercase">
                {whole}
              </th>
              <th scope="col" className="py-1 text-right font-medium first-letter:uppercase">
                {part}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ at, time, amount, marked }) => (
              <tr key={at} className="border-b">
                <th scope="row" className="py-1 font-normal">
                  {time}
                </th>
                <td className="py-1 text-right">{amount.toLocaleString("en")}</td>
                <td className="py-1 text-right">{marked.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function Mark({ className, children }: { className: string; children: string }) {
  return (
    <span className="flex items-center gap-1">
      <span className={cx("size-2 rounded-sm", className)} />
      {children}
    </span>
  );
}
