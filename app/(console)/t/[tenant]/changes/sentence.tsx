/** A sentence in which names and values stand between backticks; they are set as code. */
export function Sentence({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change their order
      <code key={index} className="break-all rounded-sm bg-hover px-1 font-mono text-xs">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
