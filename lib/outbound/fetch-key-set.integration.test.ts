import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { type KeySetServer, keySetServer, signingKey } from "#tests/harness/issuer.ts";
import { fetchKeySet, KeySetError, keySetConnections } from "./fetch-key-set.ts";

let server: KeySetServer;
const inside = keySetConnections(true);
const outside = keySetConnections(false);
before(async () => {
  server = await keySetServer([await signingKey("k1")]);
});
after(async () => {
  await server.close();
  await Promise.all([inside.destroy(), outside.destroy()]);
});

const fails = (words: RegExp, url = server.url, connections = inside) =>
  assert.rejects(
    fetchKeySet(url, connections),
    (error: Error) => error instanceof KeySetError && words.test(error.message),
  );

test("keys come from where the installation allows it, and from nowhere inside otherwise", async () => {
  assert.equal((await fetchKeySet(server.url, inside)).keys[0]?.kid, "k1");
  const before = server.state.requests;
  await fails(/inside the network/, server.url, outside);
  await fails(/inside the network/, server.url.replace("127.0.0.1", "localhost"), outside);
  await fails(/inside the network/, "https://169.254.169.254/latest/meta-data", outside);
  assert.equal(server.state.requests, before, "nothing was sent");
});

test("keys never come over an open line from outside, even where inside is allowed", async () => {
  await fails(/https:\/\/ only/, "http://93.184.216.34/keys");
});

test("a redirect is not followed, wherever it leads", async () => {
  for (const status of [301, 302, 307, 308]) {
    server.state.answer = { status, headers: { location: server.url } };
    const before = server.state.requests;
    await fails(/redirects are not followed/);
    assert.equal(server.state.requests, before + 1);
  }
  server.state.answer = null;
});

test("an answer that is no key set, too large or an error is refused in words that quote nothing of it", async () => {
  for (const [answer, words] of [
    [{ status: 200, body: "<html>secret</html>" }, /not JSON/],
    [{ status: 200, body: '{"secret":1}' }, /no list of keys/],
    [{ status: 200, body: `{"keys":[${" ".repeat(300_000)}]}` }, /larger than/],
    [{ status: 500, body: "secret" }, /was 500/],
    [{ status: 204 }, /was 204/],
  ] as const) {
    server.state.answer = answer;
    await fails(words);
    await assert.rejects(
      fetchKeySet(server.url, inside),
      (error: Error) => !error.message.includes("secret"),
    );
  }
  server.state.answer = null;
  await fails(/refused the connection/, "http://127.0.0.1:1/keys");
});
