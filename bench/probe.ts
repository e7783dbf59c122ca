import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const GIVE_UP_MS = 10_000;

/** The status of one GET over a kept connection. */
export function status(url: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    })
      .once("error", reject)
      .end();
  });
}

/** Asks again and again until the status is the wanted one. Throws after 10 s. */
export async function until(wanted: number, url: string, headers?: Record<string, string>): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while ((await status(url, headers)) !== wanted) {
    if (performance.now() > deadline) throw new Error(`${url} did not answer ${wanted} within 10 s`);
  }
}

/** Closes the kept connections. */
export const closeProbes = (): void => agent.destroy();
