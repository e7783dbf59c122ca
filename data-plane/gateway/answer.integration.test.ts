import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, before, test } from "node:test";
import { Answer, KEEP_ALIVE_MS, writeBeforeEnds } from "./answer.ts";
import { HeaderLines } from "./header-lines.ts";

type Case = {
  status: number;
  headers: [string, string][];
  body: Buffer | string | null;
  length: number | null;
};

const small = "a small body";
const large = Buffer.alloc(40_000, "large ");
const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
const CASES: Record<string, Case> = {
  small: { status: 200, headers: [["Content-Type", "text/plain"]], body: small, length: small.length },
  bytes: { status: 429, headers: [["X-Latin", "caf\xe9"]], body: bytes, length: bytes.length },
  large: { status: 201, headers: [["X-Latin", "caf\xe9"]], body: large, length: large.length },
  empty: { status: 200, headers: [], body: null, length: 0 },
  unknown: { status: 200, headers: [["X-A", ""]], body: small, length: null },
  "no-content": { status: 204, headers: [["X-A", "1"]], body: null, length: null },
  unchanged: { status: 304, headers: [["ETag", '"a"']], body: null, length: null },
  unheard: {
    status: 799,
    headers: [["Date", "Sat, 21 Nov 2026 10:00:00 GMT"]],
    body: small,
    length: small.length,
  },
};
const caseOf = ({ url }: IncomingMessage) => CASES[(url as string).slice(1)] as Case;

/** The same answers as node:http makes them. */
const plain = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (req, res: ServerResponse) => {
  const { status, headers, body, length } = caseOf(req);
  const framing = length === null ? [] : ["Content-Length", String(length)];
  const closes = req.headers["x-close"] ? ["Connection", "close"] : [];
  res.writeHead(status, [...headers.flat(), ...framing, ...closes]);
  res.end(body ?? undefined);
});
const own = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ServerResponse: Answer }, (req, res) => {
  const { status, headers, body, length } = caseOf(req);
  res.begin(status, HeaderLines.of(headers), length, req.headers["x-close"] !== undefined);
  // As it would be if a body were waited for: behind the last of it may stand the end of all that is sent.
  if (req.method === "POST") req.resume().on("end", () => res.endWhole(body));
  else res.endWhole(body);
});
writeBeforeEnds(own);

before(() =>
  Promise.all([plain, own].map((server) => new Promise<void>((on) => server.listen(0, "127.0.0.1", on)))),
);
after(() => {
  for (const server of [plain, own]) server.close().closeAllConnections();
});

/** All that a server sends for these bytes until it closes, which the last request asks it to; the time is left out. */
function exchange(server: typeof plain | typeof own, sent: string, halfCloses = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: halfCloses }, () =>
      halfCloses ? socket.end(sent) : socket.write(sent),
    );
    if (halfCloses) socket.on("end", () => socket.destroy());
    socket.setEncoding("latin1").on("data", (part: string) => {
      received += part;
    });
    socket.on("error", reject).on("close", () => resolve(received));
  });
}

/** Line by line in any order, for where a head has its Connection is not said anywhere. */
const heads = (text: string) =>
  text
    .replace(/^Date: (?!Sat, 21 Nov 2026 10:00:00).*\r\n/gm, "Date: now\r\n")
    .split("\r\n\r\n")
    .map((part) => part.split("\r\n").sort());

const request = (method: string, name: string, version: string, more = "") =>
  `${method} /${name} HTTP/${version}\r\nHost: a\r\n${more}\r\n`;
const LAST = request("GET", "small", "1.1", "Connection: close\r\n");

for (const name of Object.keys(CASES)) {
  test(`an answer is what node:http would have sent: ${name}`, async () => {
    const conversations = [
      request("GET", name, "1.1", "Connection: close\r\n"),
      request("GET", name, "1.1") + LAST,
      request("GET", name, "1.1", "X-Close: 1\r\n") + LAST,
      request("HEAD", name, "1.1") + LAST,
      request("GET", name, "1.0"),
      request("GET", name, "1.0", "Connection: keep-alive\r\n") + request("GET", "small", "1.0"),
      request("HEAD", name, "1.0", "Connection: keep-alive\r\n") + request("GET", "small", "1.0"),
      request("GET", name, "1.1") + request("GET", "large", "1.1") + request("GET", name, "1.1") + LAST,
    ];
    for (const sent of conversations) {
      for (const halfCloses of [false, true]) {
        const theirs = await exchange(plain, sent, halfCloses);
        const ours = await exchange(own, sent, halfCloses);
        assert.deepEqual(heads(ours), heads(theirs), JSON.stringify({ sent, halfCloses }));
      }
    }
  });
}

test("an answer that was sent says so when it closes, and one that was not does not", async () => {
  const said: Record<string, boolean> = {};
  const server = createServer({ ServerResponse: Answer }, (req, res) => {
    const name = (req.url as string).slice(1);
    const answer = CASES[name];
    res.on("close", () => {
      said[name] = res.writableFinished;
    });
    if (!answer) return res.socket?.destroy();
    res.begin(answer.status, HeaderLines.of(answer.headers), answer.length, false);
    res.endWhole(answer.body);
  });
  await new Promise<void>((on) => server.listen(0, "127.0.0.1", on));
  for (const name of Object.keys(CASES)) await exchange(server, request("GET", name, "1.0"));
  await exchange(server, request("GET", "broken", "1.1"));
  server.close().closeAllConnections();
  assert.deepEqual(said, {
    ...Object.fromEntries(Object.keys(CASES).map((name) => [name, true])),
    broken: false,
  });
});

test("an answer that has ended and is about to be written is not lost to a sweep of idle connections", async () => {
  const server = createServer({ ServerResponse: Answer }, (_req, res) => {
    res.begin(200, HeaderLines.of([["X-A", "1"]]), small.length, true);
    res.endWhole(small);
    server.closeIdleConnections();
    process.nextTick(() => server.closeIdleConnections());
  });
  await new Promise<void>((on) => server.listen(0, "127.0.0.1", on));
  const received = await Promise.all(
    Array.from({ length: 20 }, () => exchange(server, request("GET", "small", "1.1"))),
  );
  server.close();
  for (const answer of received) assert.match(answer, /^HTTP\/1\.1 200 OK\r\nX-A: 1\r\n.*a small body$/s);
});

test("whoever closes its side right behind a request still gets the answer", async () => {
  // As much as is read at once: then the end is read in the same turn as what stands before it.
  const head = (length: number) => request("POST", "small", "1.1", `Content-Length: ${length}\r\n`);
  const length = 65_536 - head(65_000).length;
  for (let i = 0; i < 5; i++) {
    const received = await exchange(own, head(length) + "x".repeat(length), true);
    assert.match(received, /^HTTP\/1\.1 200 OK\r\n.*a small body$/s);
  }
});
