"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { DeadLetterGroupDetail } from "#lib/dead-letters/schema.ts";

const HEIGHT = 72;
const PERIODS = [
  { value: "day", label: "24 hours" },
  { value: "month", label: "30 days" },
] as const;

/** How many died when: by hour of the last day, or by day of the last month. */
export function Deaths({ group }: { group: DeadLetterGroupDetail }) {
  const [period, setPeriod] = useState<"day" | "month">("day");
  const bars =
    period === "day"
      ? group.hours.map((at, index) => ({ at, amount: group.trend[index] ?? 0, time: hourText(at) }))
      : group.days.map(({ at, deaths }) => ({ at, amount: deaths, time: dayText(at) }));
  const top = Math.max(1, ...bars.map(({ amount }) => amount));
  const total = bars.reduce((sum, { amount }) => sum + amount, 0);
  const busiest = bars.reduce(
    (best, bar) => (bar.amount > best.amount ? bar : best),
    bars[0] as (typeof bars)[0],
  );
  const words = `${total.toLocaleString("en")} ${total === 1 ? "death" : "deaths"} in the last ${period === "day" ? "24 hours" : "30 days"}`;
  return (
    <figure>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <figcaption className="text-muted">
          {words}
          {total > 0 ? `, most of them (${busiest.amount.toLocaleString("en")}) at ${busiest.time}` : ""}
        </figcaption>
        <fieldset className="flex gap-1">
          <legend className="sr-only">Period</legend>
          {PERIODS.map(({ value, label }) => (
            <Button
              key={value}
              size="small"
              variant={value === period ? "secondary" : "quiet"}
              aria-pressed={value === period}
              onClick={() => setPeriod(value)}
            >
              {label}
            </Button>
          ))}
        </fieldset>
      </div>
      <svg
        role="img"
        aria-label={words}
        viewBox={`0 0 ${bars.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-18 w-full border-edge border-b"
      >
        {bars.map(({ at, time, amount }, index) => {
          const height = amount === 0 ? 0 : Math.max(2, (amount / top) * HEIGHT);
          return (
            <g key={at}>
              <title>{`${time}: ${amount.toLocaleString("en")}`}</title>
              <rect
                x={index * 10}
                y={0}
                width={10}
                height={HEIGHT}
                className="fill-transparent hover:fill-hover"
              />
              <rect
                x={index * 10 + 1}
                y={HEIGHT - height}
                width={8}
                height={height}
                className="pointer-events-none fill-bad"
              />
            </g>
          );
        })}
      </svg>
      <div aria-hidden className="mt-1 flex justify-between text-muted text-xs">
        <span>{bars[0]?.time}</span>
        <span>now</span>
      </div>
      <details className="mt-2">
        <summary className="w-fit cursor-pointer text-muted hover:text-text">Show the numbers</summary>
        <table className="mt-2 w-full max-w-80 text-left tabular-nums">
          <caption className="sr-only">{words}</caption>
          <thead>
            <tr className="border-b text-muted text-xs">
              <th scope="col" className="py-1 font-medium">
                From
              </th>
              <th scope="col" className="py-1 text-right font-medium">
                Deaths
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ at, time, amount }) => (
              <tr key={at} className="border-b">
                <th scope="row" className="py-1 font-normal">
                  {time}
                </th>
                <td className="py-1 text-right">{amount.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Hours are told in the person's zone; a day is one of UTC, as it was counted. */
const hourText = (at: string) =>
  new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayText = (at: string) =>
  new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
