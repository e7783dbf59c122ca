/** Where an installation with the demo answers, and the file with its accounts. */
export type Stack = { consoleUrl: string; gatewayUrl: string; demoFile: string };

/**
 * The installation of this worker. Each of Playwright's workers has one of its own, so that journeys which change the
 * demo never meet; Playwright tells a worker its place before it reads anything.
 */
export function stackOfThisWorker(): Stack {
  const { E2E_STACKS, TEST_PARALLEL_INDEX = "0" } = process.env;
  const stacks: Stack[] = JSON.parse(E2E_STACKS ?? "[]");
  const stack = stacks[Number(TEST_PARALLEL_INDEX)];
  if (stack) return stack;
  throw new Error(
    "The journeys need a running stack; start them with `npm test -- e2e`, with a part of a file's name to choose.",
  );
}

/** How many workers there are installations for. */
export const stackCount = (): number => JSON.parse(process.env.E2E_STACKS ?? "[]").length;
