import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { formatCredential } from "#lib/contract/credential.ts";
import { LANGUAGES, type Language, snippet, statusWords } from "./snippets.ts";

const run = promisify(execFile);
const key = formatCredential("apiKey", new Uint8Array(32).fill(7));
const seen: { method: string; url: string; key: string; version: string }[] = [];
const server = createServer((request, response) => {
  const { method = "", url = "", headers } = request;
  seen.push({ method, url, key: String(headers["x-api-key"]), version: String(headers["x-api-version"]) });
  response.end("it works");
});
let baseUrl: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/gw/acme`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const sample = {
  method: "GET",
  path: "/v1/a%27b?of=a+b%26c",
  apiVersion: "2024-12-01",
  madeUp: false,
  fromBrowser: true,
};
const RUNNERS: Record<Language, [file: string, flag: string]> = {
  curl: ["bash", "-c"],
  javascript: [process.execPath, "-e"],
  python: ["python3", "-c"],
};

for (const { value } of LANGUAGES) {
  test(`the ${value} example works as pasted, with the key in it and from the environment`, async (context) => {
    const [file, flag] = RUNNERS[value];
    const there = value === "curl" ? ["curl", "--version"] : [file, "--version"];
    const missing = await run(there[0] as string, [there[1] as string]).then(
      () => false,
      () => true,
    );
    if (missing) return context.skip(`${there[0]} is not installed`);
    for (const given of [key, null]) {
      const { stdout } = await run(file, [flag, snippet(value, { baseUrl, sample, key: given })], {
        env: { ...process.env, API_KEY: key, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
      });
      assert.match(stdout, /200/);
      assert.match(stdout, /it works/);
      const expected = { method: "GET", url: `/gw/acme${sample.path}`, key, version: "2024-12-01" };
      assert.deepEqual(seen.at(-1), expected);
    }
  });
}

test("an example for another method says so in every language", () => {
  for (const { value } of LANGUAGES) {
    assert.match(snippet(value, { baseUrl, sample: { ...sample, method: "POST" }, key }), /POST/);
  }
});

test("every status that a gateway answers with has words, and only a refused key is called one", () => {
  for (let status = 200; status < 600; status++) assert.ok(statusWords(status).title);
  assert.equal(statusWords(401).tone, "bad");
  assert.equal(statusWords(502).tone, "warn");
});
