/** A key of the keyboard; decoration for those who see it, so the action's name must stand without it. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span aria-hidden className="inline-flex gap-0.5">
      {keys.split(" ").map((key, index) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: the same key may be pressed twice
          key={index}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border bg-canvas px-1 font-sans text-muted text-xs"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
