import { whileAsked } from "./beside.ts";
import { closeProbes, status } from "./probe.ts";

export type OneCaller = { url: string; key: string };

const times: number[] = [];

/** Sends one request after the other; gives how long each took, in milliseconds. */
whileAsked(
  async ({ url, key }: OneCaller) => {
    const began = performance.now();
    await status(url, { "x-api-key": key });
    times.push(performance.now() - began);
  },
  () => {
    closeProbes();
    return times;
  },
);
