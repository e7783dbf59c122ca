import { randomBytes, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { formatCredential } from "#lib/contract/credential.ts";
import type { Allowed } from "./allowed.ts";
import type { SoakInstallation } from "./installation.ts";

type Answer = { status: number; id: string | undefined; text: string; sent: number; received: number };
type Call = { url: string; path: string; key?: string; body?: string };

const MAX_VIOLATIONS = 100;
const PAUSE_MS = 2;

/**
 * Callers that never stop, each on connections of its own, and that check every answer against what is allowed at that
 * time. What is wrong is kept as a sentence.
 */
export function createTraffic({ urls, slug, arrived, published }: SoakInstallation, allowed: Allowed) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const counts = new Map<string, number>();
  const violations: string[] = [];
  const jobs: string[] = [];
  let wrong = 0;
  let databaseAway = false;
  let going = true;

  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  function violate(what: string): void {
    wrong++;
    if (violations.length < MAX_VIOLATIONS) violations.push(`${new Date().toISOString()} ${what}`);
  }

  function send(id: string, { url, path, key, body }: Call): Promise<Answer> {
    const sent = performance.now();
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = { "x-request-id": id, "x-soak-id": id };
      if (key) headers["x-api-key"] = key;
      if (body !== undefined) headers["content-type"] = "application/json";
      const method = body === undefined ? "GET" : "POST";
      request(`${url}/gw/${slug}${path}`, { agent, method, headers, timeout: 30_000 }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.once("error", reject);
        response.once("end", () => {
          const received = performance.now();
          const echoed = response.headers["x-request-id"] as string | undefined;
          resolve({ status: response.statusCode ?? 0, id: echoed, text, sent, received });
        });
      })
        .once("timeout", function (this: { destroy(error: Error): void }) {
          this.destroy(new Error("no answer within 30 s"));
        })
        .once("error", reject)
        .end(body);
    });
  }

  /** Sends one request, and sees that there is exactly one answer and that it is this request's. */
  async function exchange(what: string, call: Call): Promise<(Answer & { requestId: string }) | null> {
    const requestId = randomUUID();
    try {
      const answer = await send(requestId, call);
      count(`${what} ${answer.status}`);
      if (answer.id !== requestId) violate(`${what}: the answer of ${answer.id} came for ${requestId}`);
      return { ...answer, requestId };
    } catch (error) {
      count(`${what} lost`);
      violate(`${what}: no answer to ${requestId}: ${(error as Error).message}`);
      return null;
    }
  }

  const echoed = (text: string): { id?: string; body?: string } => {
    try {
      return JSON.parse(text) as { id?: string; body?: string };
    } catch {
      return {};
    }
  };
  const codeOf = (text: string) => (JSON.parse(text) as { error?: { code: string } }).error?.code;

  async function callWithKey(url: string, path: "/echo" | "/proxied"): Promise<void> {
    const entry = allowed.pickKey(Math.random());
    if (!entry) return;
    const body = JSON.stringify({ nonce: randomUUID(), pad: "x".repeat(Math.floor(Math.random() * 2_000)) });
    const answer = await exchange(path, { url, path, key: entry.key.key, body });
    if (!answer) return;
    const works = allowed.keyWorks(entry, answer.sent, answer.received);
    if (answer.status === 200) {
      if (works === false) violate(`${path}: key ${entry.key.id} passed after it was revoked everywhere`);
      const { id, body: returned } = echoed(answer.text);
      if (id !== answer.requestId || returned !== body)
        violate(`${path}: ${answer.requestId} got another's answer`);
    } else if (answer.status !== 401 || codeOf(answer.text) !== "revoked_api_key") {
      violate(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    } else if (works === true) violate(`${path}: key ${entry.key.id} was refused before it was revoked`);
    if (path === "/proxied") {
      const times = arrived.get(answer.requestId) ?? 0;
      if (times !== (answer.status === 200 ? 1 : 0))
        violate(`/proxied: ${answer.status}, but it arrived ${times} times`);
      arrived.delete(answer.requestId);
    }
  }

  async function callRevision(url: string): Promise<void> {
    const number = Math.max(1, published() - (Math.random() < 0.5 ? 0 : 1));
    const answer = await exchange("/revision", { url, path: `/revision/${number}` });
    if (!answer) return;
    const exists = allowed.pathExists(number, answer.sent, answer.received);
    if (answer.status !== 200 && answer.status !== 404)
      violate(`/revision: ${answer.status} ${answer.text.slice(0, 200)}`);
    else if (exists !== null && exists !== (answer.status === 200)) {
      violate(
        `/revision/${number}: ${answer.status}, although it ${exists ? "is" : "is not"} live everywhere`,
      );
    }
  }

  async function callUnknown(url: string): Promise<void> {
    const key = formatCredential("apiKey", randomBytes(32));
    const answer = await exchange("unknown key", { url, path: "/echo", key, body: "{}" });
    // 503 is right while the database cannot be asked; anything that lets it in never is.
    if (answer && answer.status !== 401 && answer.status !== 503) violate(`unknown key: ${answer.status}`);
  }

  async function enqueue(url: string): Promise<void> {
    const entry = allowed.oldestActive();
    if (!entry) return;
    const answer = await exchange("/jobs", { url, path: "/jobs", key: entry.key.key, body: "{}" });
    if (!answer) return;
    if (answer.status === 202) jobs.push((JSON.parse(answer.text) as { data: { jobId: string } }).data.jobId);
    else if (answer.status === 503 && !databaseAway) count("/jobs 503 while the database was coming back");
    else if (answer.status !== 503 && answer.status !== 401)
      violate(`/jobs: ${answer.status} ${answer.text.slice(0, 200)}`);
  }

  async function caller(): Promise<void> {
    while (going) {
      const url = urls[Math.floor(Math.random() * urls.length)] as string;
      const draw = Math.random();
      if (draw < 0.4) await callWithKey(url, "/echo");
      else if (draw < 0.7) await callWithKey(url, "/proxied");
      else if (draw < 0.9) await callRevision(url);
      else if (draw < 0.95) await callUnknown(url);
      else await enqueue(url);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  let callers: Promise<void>[] = [];
  return {
    start(concurrency: number): void {
      callers = Array.from({ length: concurrency }, caller);
    },
    async stop(): Promise<void> {
      going = false;
      await Promise.all(callers);
      agent.destroy();
    },
    databaseIs(away: boolean): void {
      databaseAway = away;
    },
    counts,
    violations,
    wrong: () => wrong,
    jobs,
  };
}
