import { METHODS, type Method } from "#lib/contract/methods.ts";

/** One kind of request by hand; `query` as it would stand in an address, without the question mark. */
export type RightsRow = { method: Method; path: string; query: string };
export type PickedRoute = { method: string; path: string; name: string };

/** What a new key may do, as the form holds it; switching between the kinds loses nothing. */
export type Rights = {
  kind: "all" | "routes" | "rows";
  picked: PickedRoute[];
  rows: RightsRow[];
};

export const EMPTY_ROW: RightsRow = { method: "GET", path: "", query: "" };
export const ALL_RIGHTS: Rights = { kind: "all", picked: [], rows: [EMPTY_ROW] };

type Sent = { method: string; path: string; queryParameters: Record<string, string> };

const rowToSend = ({ method, path, query }: RightsRow): Sent => ({
  method,
  path: path.trim(),
  queryParameters: Object.fromEntries(new URLSearchParams(query.trim().replace(/^\?/, ""))),
});

/** What is sent: null for everything that the routes allow, else one entry per row, in the order of the rows. */
export function authorizedRequestsOf(rights: Rights): Sent[] | null {
  switch (rights.kind) {
    case "all":
      return null;
    case "routes":
      return rights.picked.map(({ method, path }) => ({ method, path, queryParameters: {} }));
    case "rows":
      return rights.rows.map(rowToSend);
  }
}

/** Whether two routes are one right: versions of a route share method and path. */
export const sameRight = (a: PickedRoute, b: PickedRoute): boolean =>
  a.method === b.method && a.path === b.path;

/** Adds routes to those that are picked, each once. */
export function withPicked(picked: readonly PickedRoute[], added: readonly PickedRoute[]): PickedRoute[] {
  const known = new Map(picked.map((one) => [`${one.method} ${one.path}`, one]));
  for (const one of added) known.set(`${one.method} ${one.path}`, one);
  return [...known.values()];
}

const LINE = /^(?:([A-Za-z]+)\s+)?(\/[^?\s]*)(?:\?(\S*))?$/;

/** Rows from pasted lines such as `GET /v1/users/*?team=7`; without a method any. A line of another shape is kept as it is, to be mended. */
export function rowsOfLines(text: string): RightsRow[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line): RightsRow => {
      const [, verb, path, query = ""] = LINE.exec(line) ?? [];
      const method = METHODS.find((one) => one === (verb ?? "ANY").toUpperCase());
      if (path === undefined || method === undefined) return { method: "ANY", path: line, query: "" };
      return { method, path, query };
    });
}

/** Puts pasted rows where the paste happened: an empty row is replaced. */
export function withPasted(
  rows: readonly RightsRow[],
  at: number,
  pasted: readonly RightsRow[],
): RightsRow[] {
  const empty = rows[at]?.path.trim() === "";
  return [...rows.slice(0, empty ? at : at + 1), ...pasted, ...rows.slice(at + 1)];
}
