import assert from "node:assert/strict";
import test from "node:test";
import { compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import { type Route, type RouteFieldsInput, routeSchema } from "#lib/contract/route.ts";
import { blastRadius } from "./blast-radius.ts";
import { compareRoutes } from "./comparison.ts";

const id = (n: number) => `0199a000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const [A, B] = [id(901), id(902)];
const route = (n: number, path: string, fields: Partial<RouteFieldsInput> = {}): Route =>
  routeSchema.parse({
    id: id(n),
    method: "GET",
    path,
    target: { type: "function", function: "f" },
    ...fields,
  });
const keys = (...ids: string[]) => ({ mode: "api-key" as const, allowedApiKeyIds: ids });
const open = { mode: "none" as const };
const effects = (from: Route[], to: Route[]) =>
  compareRoutes(from, to).differences.map(({ kind, effects: list }) => [kind, ...list].join(" "));
type Entry = { method?: string; path: string };
const onKey = (
  from: Route[],
  to: Route[],
  key = A,
  requests: Entry[] | null = null,
  succeeds: string[] = [],
) => {
  const effect = blastRadius(compareRoutes(from, to)).effectOn({
    id: key,
    succeeds,
    authorizedRequests: compileAuthorizedRequests(requests),
  });
  const named = (list: { method: string; path: string }[]) => list.map((one) => `${one.method} ${one.path}`);
  return { loses: named(effect?.loses.routes ?? []), gains: named(effect?.gains.routes ?? []) };
};
const NOTHING = { loses: [], gains: [] };

test("what a change does to callers is told apart", () => {
  const a = route(1, "/a");
  assert.deepEqual(effects([], [a]), ["added appears"]);
  assert.deepEqual(effects([], [route(1, "/a", { auth: open })]), ["added becomes-public appears"]);
  assert.deepEqual(effects([a], []), ["removed disappears"]);
  assert.deepEqual(effects([a], [route(1, "/a", { enabled: false })]), ["changed disappears"]);
  assert.deepEqual(effects([a], [route(1, "/b")]), ["changed moves"]);
  assert.deepEqual(effects([a], [route(1, "/a", { auth: open })]), ["changed becomes-public"]);
  assert.deepEqual(effects([route(1, "/a", { auth: open })], [a]), ["changed no-longer-public"]);
  assert.deepEqual(effects([a], [route(1, "/a", { auth: keys(A) })]), ["changed fewer-callers"]);
  assert.deepEqual(effects([route(1, "/a", { auth: keys(A) })], [route(1, "/a", { auth: keys(B) })]), [
    "changed more-callers fewer-callers",
  ]);
  assert.deepEqual(effects([a], [route(1, "/a", { rateLimit: null })]), ["changed limit"]);
  assert.deepEqual(effects([a], [route(1, "/a", { name: "A" })]), ["changed"]);
  assert.deepEqual(effects([route(1, "/a", { enabled: false })], []), ["removed"]);
});

test("a route that was deleted and made anew is the same route to its callers", () => {
  const anew = route(2, "/a", { auth: keys(B) });
  assert.deepEqual(effects([route(1, "/a", { auth: keys(A) })], [anew]).sort(), [
    "added more-callers fewer-callers",
    "removed",
  ]);
  assert.deepEqual(onKey([route(1, "/:x")], [route(2, "/{y}")]), NOTHING);
});

test("a key that no route names loses and gains what is open to any key", () => {
  const [a, b] = [route(1, "/a"), route(2, "/b")];
  assert.deepEqual(onKey([a], [b]), { loses: ["GET /a"], gains: ["GET /b"] });
  assert.deepEqual(onKey([a], [route(1, "/a", { auth: open })]), NOTHING);
  assert.deepEqual(onKey([a], [route(1, "/a", { auth: { mode: "bearer" } })]).loses, ["GET /a"]);
  assert.deepEqual(onKey([route(1, "/a", { auth: open })], [a]), NOTHING);
});

test("a key that a route names keeps, loses or gains it, whatever becomes of the others", () => {
  const [any, onlyA, onlyB] = [null, A, B].map((key) => route(1, "/a", key ? { auth: keys(key) } : {})) as [
    Route,
    Route,
    Route,
  ];
  assert.deepEqual(onKey([any], [onlyA]), NOTHING);
  assert.deepEqual(onKey([any], [onlyA], B).loses, ["GET /a"]);
  assert.deepEqual(onKey([onlyA], [onlyB]).loses, ["GET /a"]);
  assert.deepEqual(onKey([onlyA], [onlyB], B).gains, ["GET /a"]);
  assert.deepEqual(onKey([onlyA], [any], B).gains, ["GET /a"]);
  assert.deepEqual(onKey([onlyA], [], B), NOTHING);
  assert.deepEqual(onKey([onlyA], [onlyB], id(903), null, [A]).loses, ["GET /a"]);
});

test("a key loses nothing that its own rights never let it call", () => {
  const [a, b] = [route(1, "/v1/a"), route(2, "/v2/b", { method: "POST" })];
  assert.deepEqual(onKey([a, b], [], A, [{ method: "ANY", path: "/v1/*" }]).loses, ["GET /v1/a"]);
  assert.deepEqual(onKey([a, b], [], A, [{ method: "GET", path: "/**" }]).loses, ["GET /v1/a"]);
  assert.deepEqual(onKey([a, b], [], A, []).loses, []);
});

test("ten thousand removed routes and a thousand keys with rights of their own are answered in bounded time", () => {
  const many = Array.from({ length: 10_000 }, (_, n) => route(n, `/s${n % 50}/r${n}`));
  const radius = blastRadius(compareRoutes(many, []));
  const authorizedRequests = compileAuthorizedRequests([{ method: "ANY", path: "/s1/*" }]);
  const answers = Array.from({ length: 1_000 }, (_, n) =>
    radius.effectOn({ id: id(n), succeeds: [], authorizedRequests }),
  );
  assert.equal(answers[0]?.loses.count, 200);
  assert.equal(answers.at(-1), null);
  assert.equal(radius.effectOn({ id: A, succeeds: [], authorizedRequests: null })?.loses.count, 10_000);
});
