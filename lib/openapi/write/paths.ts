import { type ParsedPattern, parsePattern } from "#lib/contract/path.ts";
import type { Route } from "#lib/contract/route.ts";

/** encodeURIComponent, but without spelling out what a path segment may hold as it is. */
const segment = (value: string): string =>
  encodeURIComponent(value).replace(/%(?:40|3A|24|2C|3B|3D|26|2B)/g, (code) => decodeURIComponent(code));

/** A pattern as OpenAPI writes it: every parameter, a wildcard's rest too, is one `{name}`. */
export const templateOf = ({ segments }: ParsedPattern): string =>
  `/${segments.map((part) => (part.kind === "literal" ? segment(part.value) : `{${part.name}}`)).join("/")}`;

/** Routes that OpenAPI has only one path for: their templates differ in nothing but the names of parameters. */
export type PathGroup = { template: string; names: { name: string; rest: boolean }[]; routes: Route[] };

/** Groups routes by the path that they have in OpenAPI, in order of path. */
export function groupByPath(routes: readonly Route[]): PathGroup[] {
  const groups = new Map<string, PathGroup>();
  const ordered = routes.toSorted((a, b) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : a.id < b.id ? -1 : 1,
  );
  for (const route of ordered) {
    const parsed = parsePattern(route.path);
    if (!parsed.ok) continue; // a revision holds none: what does not parse cannot be published
    const template = templateOf(parsed.pattern);
    const shape = template.replace(/\{[^{}]*\}/g, "{}");
    const group = groups.get(shape);
    if (group) group.routes.push(route);
    else {
      const names = parsed.pattern.segments.flatMap((part) =>
        part.kind === "literal" ? [] : [{ name: part.name, rest: part.kind === "rest" }],
      );
      groups.set(shape, { template, names, routes: [route] });
    }
  }
  return [...groups.values()];
}
