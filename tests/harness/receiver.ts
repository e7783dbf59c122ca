import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { path: string; headers: IncomingMessage["headers"]; body: string };

export type Receiver = {
  url: string;
  received: Received[];
  /** What it does with what comes from now on; answers 204 at first. */
  behave(answer: (response: ServerResponse, request: Received) => void): void;
  close(): Promise<void>;
};

/** A receiver of webhooks on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer: (response: ServerResponse, request: Received) => void = (response) => {
    response.writeHead(204).end();
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    response.on("error", () => undefined);
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // cut off while it was sending
    }
    const one = {
      path: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    received.push(one);
    answer(response, one);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    behave(next) {
      answer = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * Checks a message as the specification of Standard Webhooks tells receivers to, with the browser's cryptography
 * and not ours. Gives how many of its signatures are good.
 */
export async function goodSignatures({ headers, body }: Received, secret: string): Promise<number> {
  const bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
  const signed = new TextEncoder().encode(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  if (Math.abs(Date.now() / 1_000 - Number(headers["webhook-timestamp"])) > 300) return 0;
  let good = 0;
  for (const part of String(headers["webhook-signature"]).split(" ")) {
    const [version, signature = ""] = part.split(",");
    const given = Uint8Array.from(atob(signature), (character) => character.charCodeAt(0));
    if (version === "v1" && (await crypto.subtle.verify("HMAC", key, given, signed))) good += 1;
  }
  return good;
}
