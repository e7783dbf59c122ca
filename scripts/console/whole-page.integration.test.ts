import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import test, { type TestContext } from "node:test";
import { UNREACHABLE_DIGEST } from "#lib/contract/errors.ts";
import { sendWhole } from "./whole-page.ts";

const NOTHING = '<template data-dgst="NEXT_HTTP_ERROR_FALLBACK;404"></template>';
const NOTHING_LATER =
  '<script nonce="n">$RX=function(b,c){/* React\'s own */};$RX("B:1f","NEXT_HTTP_ERROR_FALLBACK;404")</script>';
const HTML = { "content-type": "text/html; charset=utf-8" };

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    sendWhole(request, response);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test("a page in which nothing was found says so with its status, although its first part was written before", async (context) => {
  const url = await serve(context, (request, response) => {
    response.writeHead(200, HTML);
    response.write("<html>the frame");
    const rest = { "/nothing": NOTHING, "/nothing-later": NOTHING_LATER }[request.url ?? ""];
    setImmediate(() => response.end(rest ?? "the thing"));
  });
  for (const [path, rest] of [
    ["/nothing", NOTHING],
    ["/nothing-later", NOTHING_LATER],
  ]) {
    const nothing = await fetch(url + path);
    assert.deepEqual([nothing.status, await nothing.text()], [404, `<html>the frame${rest}`]);
  }
  const something = await fetch(`${url}/thing`);
  assert.deepEqual([something.status, await something.text()], [200, "<html>the framethe thing"]);
});

test("a page that could not ask the database says so with its status and when to come again, and no other page does", async (context) => {
  const url = await serve(context, (request, response) => {
    const broken = request.url?.startsWith("/broken");
    response.writeHead(broken ? 500 : 200, HTML);
    response.end(
      {
        "/broken": `<script>self.__next_f.push([1,"digest:${UNREACHABLE_DIGEST}"])</script>`,
        "/broken-otherwise": "<script>digest:17</script>",
        "/place": `<template data-dgst="${UNREACHABLE_DIGEST}"></template>`,
        "/place-later": `<script>$RX("B:1","${UNREACHABLE_DIGEST}")</script>`,
        "/written": `<p>${UNREACHABLE_DIGEST}</p>`,
      }[request.url ?? ""],
    );
  });
  const seen = async (path: string) => {
    const { status, headers } = await fetch(url + path);
    return [status, headers.get("retry-after")];
  };
  for (const path of ["/broken", "/place", "/place-later"])
    assert.deepEqual(await seen(path), [503, "5"], path);
  assert.deepEqual(await seen("/broken-otherwise"), [500, null]);
  assert.deepEqual(await seen("/written"), [200, null]);
});

test("what somebody wrote into a page cannot change its status", async (context) => {
  const written = NOTHING + NOTHING_LATER;
  const quoted = written.replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const inScript = `<script>self.__next_f.push([1,${JSON.stringify(written)}])</script>`;
  const url = await serve(context, (_, response) => response.writeHead(200, HTML).end(quoted + inScript));
  assert.equal((await fetch(url)).status, 200);
});

test("a page that comes in parts is sent once and whole, also through what others wrapped around it", async (context) => {
  const url = await serve(context, (_, response) => {
    // As compression does: whoever wraps keeps what it found.
    const [write, end] = [response.write, response.end];
    response.write = ((...args: Parameters<typeof write>) => write.apply(response, args)) as typeof write;
    response.end = ((...args: Parameters<typeof end>) => end.apply(response, args)) as typeof end;
    response.writeHead(200, HTML);
    response.write("first ");
    setImmediate(() => {
      response.write("second ");
      setImmediate(() => response.end("third"));
    });
  });
  const answer = await fetch(url, { headers: { "accept-encoding": "gzip" } });
  assert.equal(await answer.text(), "first second third");
});

test("a whole page is compressed for those who take it, and a cache is told", async (context) => {
  const page = "all work and no play ".repeat(500);
  const url = await serve(context, (_, response) => response.writeHead(200, HTML).end(page));
  for (const [coding, expected] of [
    ["gzip", "gzip"],
    ["identity", null],
  ] as const) {
    const answer = await fetch(url, { headers: { "accept-encoding": coding } });
    assert.equal(answer.headers.get("content-encoding"), expected);
    assert.match(answer.headers.get("vary") ?? "", /Accept-Encoding/);
    assert.equal(await answer.text(), page);
  }
  assert.equal((await fetch(url, { method: "HEAD" })).status, 200);
});
