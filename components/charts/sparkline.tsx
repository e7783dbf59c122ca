const WIDTH = 4;
const GAP = 1;
const HEIGHT = 20;

/** Amounts over time, so small that it stands in a row of a list: one bar for each stretch, the latest on the right. */
export function Sparkline({ label, amounts }: { label: string; amounts: readonly number[] }) {
  const top = Math.max(1, ...amounts);
  const width = amounts.length * (WIDTH + GAP) - GAP;
  return (
    <svg role="img" aria-label={label} width={width} height={HEIGHT} className="inline-block align-middle">
      <title>{label}</title>
      <line x1={0} x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className="stroke-edge" />
      {amounts.map((amount, index) => {
        const height = amount === 0 ? 0 : Math.max(2, (amount / top) * (HEIGHT - 2));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            x={index * (WIDTH + GAP)}
            y={HEIGHT - 1 - height}
            width={WIDTH}
            height={height}
            className="fill-bad"
          />
        );
      })}
    </svg>
  );
}
