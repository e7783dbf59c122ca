/**
 * Something a person has to change before Gatehouse can start: the message is one sentence that says what is wrong
 * and what to do. Entry points print it without a stack and exit with code 1.
 */
export class StartFailure extends Error {
  override name = "StartFailure";
}

/** Prints `error` as a person should read it (a StartFailure without its stack) and gives the exit code 1. */
export function reportFailure(error: unknown): 1 {
  if (error instanceof StartFailure) process.stderr.write(`\n${error.message}\n`);
  else process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
