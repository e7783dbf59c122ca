/** The mark: a gate between two posts, half open. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 20 20" fill="none" className="shrink-0">
      <path
        d="M2.5 17.5V9.5a7.5 7.5 0 0 1 15 0v8"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <path
        d="M6.25 11.5V8.75M10 11.5V6.5M13.75 11.5V8.75M5.5 11.5h9"
        stroke="var(--link)"
        strokeWidth="1.75"
        strokeLinecap="round"
      />
    </svg>
  );
}
