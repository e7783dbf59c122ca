/**
 * Lets a process go on when whoever read its output has gone. Each line would otherwise raise an error, and the line
 * that Next writes about that error would raise the next one, for ever and at the cost of a core.
 */
export function outliveLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}
