import autocannon from "autocannon";
import { whileAsked } from "./beside.ts";

export type FullLoad = {
  urls: readonly string[];
  requests: readonly { method: string; path: string; headers: Record<string, string> }[];
};

/** Callers of each gateway that send one request after the other and never pause. */
const CALLERS = 16;

let began = Number.NaN;
let answered = 0;

/** Keeps every gateway as busy as this machine can; gives the requests that all of them answered in a second. */
whileAsked(
  async ({ urls, requests }: FullLoad) => {
    if (Number.isNaN(began)) began = performance.now();
    const rounds = urls.map((url) =>
      autocannon({ url, connections: CALLERS, pipelining: 1, duration: 1, requests }),
    );
    for (const { requests: sent } of await Promise.all(rounds)) answered += sent.total;
  },
  () => answered / ((performance.now() - began) / 1_000),
);
