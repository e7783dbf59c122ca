import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type CurlRequest, parseCurl } from "./curl.ts";
import { shellWords } from "./shell-words.ts";

function read(line: string): CurlRequest {
  const result = parseCurl(line, "acme");
  assert.ok(result.ok, result.ok ? "" : result.message);
  return result.request;
}
const AT = "http://127.0.0.1:8080/gw/acme";
const words = (line: string) => {
  const split = shellWords(line);
  return split.ok ? split.words.map(({ text }) => text) : split.message;
};

test("words are split as a shell splits them", () => {
  assert.deepEqual(words(`a 'b c' "d \\"e\\" \\n" f\\ g h'i'"j"`), ["a", "b c", 'd "e" \\n', "f g", "hij"]);
  assert.deepEqual(words("a \\\n  b \\\r\n c"), ["a", "b", "c"]);
  assert.deepEqual(words("$'a\\nb\\tc\\'d\\\\e\\x41\\u00e9\\101'"), ["a\nb\tc'd\\eAéA"]);
  assert.deepEqual(words("a '' \"\""), ["a", "", ""]);
  assert.deepEqual(words("a | b"), ["a"]);
  assert.deepEqual(words("a # rest\n"), ["a"]);
  assert.deepEqual(words("a\nb"), ["a"]);
  assert.equal(words("a 'b"), "A single quote is not closed.");
  assert.equal(words('a "b'), "A double quote is not closed.");
  assert.equal(words("$'b"), "A single quote is not closed.");
});

test("an ordinary line gives method, path, headers and body", () => {
  const request = read(`curl -i -X PUT '${AT}/v1/users/42?a=b' \\
    -H 'Content-Type: application/json' \\
    -H "X-Api-Version: 2024-12-01" \\
    --data-raw '{"name":"Ada"}' --compressed -k`);
  assert.deepEqual(request, {
    method: "PUT",
    path: "/v1/users/42?a=b",
    headers: [
      { name: "Content-Type", value: "application/json" },
      { name: "X-Api-Version", value: "2024-12-01" },
    ],
    body: '{"name":"Ada"}',
    apiKey: null,
    authorization: null,
    notes: [],
  });
});

test("methods follow from the options as curl has it", () => {
  const method = (rest: string) => read(`curl ${AT}/a ${rest}`).method;
  assert.equal(method(""), "GET");
  assert.equal(method("-I"), "HEAD");
  assert.equal(method("-d x"), "POST");
  assert.equal(method("--json '{}'"), "POST");
  assert.equal(method("-G -d x=1"), "GET");
  assert.equal(method("-XDELETE"), "DELETE");
  assert.equal(method("-sXPATCH -d x"), "PATCH");
  assert.equal(method("--request QUERY"), "QUERY");
  assert.equal(method("-F a=b"), "POST");
});

test("data is joined, encoded, made a query or typed as curl does it", () => {
  assert.equal(read(`curl ${AT}/a -d a=1 -d b=2`).body, "a=1&b=2");
  assert.equal(read(`curl ${AT}/a -d a=1`).headers[0]?.value, "application/x-www-form-urlencoded");
  assert.equal(read(`curl ${AT}/a?x=0 -G -d a=1 --data-urlencode 'b=c d'`).path, "/a?x=0&a=1&b=c%20d");
  assert.equal(read(`curl -G ${AT}/a -d a=1`).path, "/a?a=1");
  const json = read(`curl ${AT}/a --json '{"a":1}'`);
  assert.deepEqual(json.headers, [
    { name: "Content-Type", value: "application/json" },
    { name: "Accept", value: "application/json" },
  ]);
  assert.equal(read(`curl ${AT}/a --data-raw @literal`).body, "@literal");
});

test("secrets are kept apart and never among the headers, the path or the notes", () => {
  const key = `gh_${"k".repeat(49)}`;
  const request = read(
    `curl -H 'x-api-key: ${key}' -H "Authorization: Bearer tok.en.x" -H 'Cookie: s=cookie1' -b c=cookie2 'http://me:pass1@h/gw/acme/a'`,
  );
  assert.equal(request.apiKey, key);
  assert.equal(request.authorization, "Bearer tok.en.x");
  const { apiKey: _key, authorization: _token, ...rest } = request;
  assert.ok(!/gh_|tok\.en|cookie\d|pass1/.test(JSON.stringify(rest)));
  const inAddress = read(`curl '${AT}/a?key=${key}&b=c'`);
  assert.equal(inAddress.path, "/a?key=&b=c");
  assert.match(inAddress.notes.join(), /API key in the address was left out/);
  assert.equal(read(`curl ${AT}/a -u ada:secret`).authorization, "Basic YWRhOnNlY3JldA==");
  assert.equal(read(`curl ${AT}/a -H "X-Api-Key: $API_KEY"`).apiKey, null);
  assert.match(read(`curl ${AT}/a -H "X-Api-Key: $API_KEY"`).notes.join(), /\$API_KEY is a shell variable/);
});

test("what is not understood is named, and a file is refused with a word", () => {
  const notes = (rest: string) => read(`curl ${AT}/a ${rest}`).notes.join(" ");
  assert.match(notes("--frobnicate"), /The option --frobnicate is not understood/);
  assert.match(notes("-Q"), /The option -Q is not understood/);
  assert.match(notes("-d @body.json"), /--data @body\.json reads a file/);
  assert.match(notes("--data-urlencode a@b"), /reads a file/);
  assert.match(notes("-F a=@b"), /--form is not understood/);
  assert.match(notes("| jq ."), /What follows the curl command was left out/);
  assert.match(notes("http://other/"), /'http:\/\/other\/' was left out/);
  assert.equal(notes("-sSL -o /dev/null -w '%{http_code}' --max-time 5"), "");
});

test("the path is what curl would send below the tenant", () => {
  const path = (url: string, rest = "") => read(`curl ${rest} '${url}'`).path;
  assert.equal(path(`${AT}/a/../b/./c`), "/b/c");
  assert.equal(path(`${AT}/a/../b`, "--path-as-is"), "/a/../b");
  assert.equal(path(`${AT}`), "/");
  assert.equal(path(`${AT}?a=b#frag`), "/?a=b");
  assert.equal(path(`${AT}/%2e%2e/x`), "/%2e%2e/x");
  assert.equal(path("$GATEWAY/gw/acme/v1"), "/v1");
  assert.match(read("curl https://api.example.com/v1/users").notes.join(), /no \/gw\/\{tenant\}/);
  assert.match(read("curl http://h/gw/globex/a").notes.join(), /tenant 'globex'/);
});

test("a line that is no curl says so", () => {
  for (const line of ["", "wget http://x", "echo curl", "curl", "curl -X POST"]) {
    assert.equal(parseCurl(line, "acme").ok, false, line);
  }
  assert.equal(read(`$ curl ${AT}/a`).path, "/a");
  assert.equal(read(`API_KEY=abc curl ${AT}/a`).path, "/a");
});

test("whatever is pasted, reading it neither throws nor hangs", () => {
  const piece = fc.constantFrom(
    "curl",
    " ",
    "-H",
    "-d",
    "'",
    '"',
    "\\",
    "\n",
    "$",
    "$'",
    "@",
    "http://h/",
    "#",
    "|",
    "-XPOST",
    "é",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((parts) => `curl ${parts.join("")}`),
      ),
      (line) => {
        parseCurl(line, "acme");
      },
    ),
    { numRuns: 2_000 },
  );
});
