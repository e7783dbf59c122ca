import type { Auth, RateLimit, Route, RouteFields, Target } from "#lib/contract/route.ts";
import { routeText } from "#lib/contract/route-text.ts";
import { describeTarget } from "#lib/routes/rules.ts";
import { schemaChange } from "./schema-differences.ts";
import { capped, code, plural, same } from "./wording.ts";

/** One difference in words. Names and values stand between backticks. `field` is the member of the document. */
export type Sentence = { field: string; text: string };
/** A key's name by its id, where it is known. */
export type KeyNames = ReadonlyMap<string, string>;

/** What came to a list and what left it; a list that only changed its order says so. */
function listChange(
  before: readonly string[],
  after: readonly string[],
  words: { one: string; added: (item: string) => string; removed: (item: string) => string },
): string[] {
  const [was, is] = [new Set(before), new Set(after)];
  const added = [...is].filter((item) => !was.has(item)).map(words.added);
  const removed = [...was].filter((item) => !is.has(item)).map(words.removed);
  if (added.length + removed.length === 0) return [`${words.one} list in another order`];
  return [...capped(added, words.one), ...capped(removed, words.one)];
}

function textChange(what: string, before: string, after: string, quoted: boolean): string[] {
  if (before === "") return [quoted ? `${what} ${code(after)} added` : `${what} added`];
  if (after === "") return [quoted ? `${what} ${code(before)} removed` : `${what} removed`];
  return [quoted ? `${what} ${code(before)} → ${code(after)}` : `${what} changed`];
}

const bytes = (amount: number): string => {
  if (amount > 0 && amount % 1_048_576 === 0) return `${amount / 1_048_576} MiB`;
  if (amount > 0 && amount % 1_024 === 0) return `${amount / 1_024} KiB`;
  return plural(amount, "byte");
};
const limitText = ({ requestsPerMinute, per }: RateLimit): string =>
  `${requestsPerMinute.toLocaleString("en")} a minute per ${per === "ip" ? "IP address" : "key"}`;

const OPTION_WORDS: Record<string, string> = {
  timeoutMs: "timeout",
  maxAttempts: "attempts of a job",
  eventFormat: "event format",
  region: "region",
  endpoint: "endpoint",
};
const optionText = (name: string, value: unknown): string => {
  if (value === null || value === undefined) return "none";
  return name === "timeoutMs" ? `${(value as number).toLocaleString("en")} ms` : code(value);
};

function targetChange(before: Target, after: Target): string[] {
  const texts: string[] = [];
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const goesElsewhere = describeTarget(before) !== describeTarget(after);
  if (goesElsewhere)
    texts.push(`goes to ${code(describeTarget(after))} instead of ${code(describeTarget(before))}`);
  if (before.type !== after.type)
    return texts.length ? texts : [`target is a ${after.type} instead of a ${before.type}`];
  const named = new Set(["type", "function", "functionName", "functions", "url"]);
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (same(was[name] ?? null, is[name] ?? null) || (goesElsewhere && named.has(name))) continue;
    const what = OPTION_WORDS[name] ?? `target's ${name}`;
    texts.push(`${what} ${optionText(name, was[name])} → ${optionText(name, is[name])}`);
  }
  return texts;
}

function gateText(auth: Auth, names: KeyNames): string {
  if (auth.mode === "none") return "anybody";
  if (auth.mode === "bearer") return "a bearer token";
  if (auth.allowedApiKeyIds === null) return "any API key";
  const ids = auth.allowedApiKeyIds;
  if (ids.length === 0) return "no API key at all";
  if (ids.length > 3) return `${plural(ids.length, "named key")}`;
  return `only ${ids.map((id) => code(names.get(id) ?? id)).join(", ")}`;
}

function bearerChange(
  before: Extract<Auth, { mode: "bearer" }>,
  after: Extract<Auth, { mode: "bearer" }>,
): string[] {
  const texts = same(before.requiredScopes, after.requiredScopes)
    ? []
    : listChange(before.requiredScopes, after.requiredScopes, {
        one: "scope",
        added: (scope) => `scope ${code(scope)} now required`,
        removed: (scope) => `scope ${code(scope)} no longer required`,
      });
  const [was, is] = [before.requiredClaims, after.requiredClaims];
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (!(name in was)) texts.push(`claim ${code(name)} must now be ${code(is[name])}`);
    else if (!(name in is)) texts.push(`claim ${code(name)} no longer required`);
    else if (!same(was[name], is[name]))
      texts.push(`claim ${code(name)} must be ${code(is[name])} instead of ${code(was[name])}`);
  }
  return texts;
}

function authChange(before: Auth, after: Auth, names: KeyNames): string[] {
  if (after.mode === "none") return ["becomes public: anybody can call it"];
  if (before.mode === "none") return [`no longer public: it takes ${gateText(after, names)}`];
  if (before.mode === "bearer" && after.mode === "bearer") return bearerChange(before, after);
  if (before.mode !== "api-key" || after.mode !== "api-key")
    return [`takes ${gateText(after, names)} instead of ${gateText(before, names)}`];
  if (before.allowedApiKeyIds === null || after.allowedApiKeyIds === null)
    return [`open to ${gateText(after, names)} instead of ${gateText(before, names)}`];
  const nameOf = (id: string) => code(names.get(id) ?? id);
  return listChange(before.allowedApiKeyIds, after.allowedApiKeyIds, {
    one: "allowed key",
    added: (id) => `${nameOf(id)} gets in`,
    removed: (id) => `${nameOf(id)} no longer gets in`,
  });
}

const CORS_LISTS: Record<string, string> = {
  allowOrigins: "origin",
  allowMethods: "CORS method",
  allowHeaders: "CORS request header",
  exposeHeaders: "exposed response header",
};

function corsChange(before: Route["cors"], after: Route["cors"]): string[] {
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return Object.keys({ ...was, ...is }).flatMap((name): string[] => {
    if (same(was[name] ?? null, is[name] ?? null)) return [];
    const one = CORS_LISTS[name];
    if (one)
      return listChange((was[name] ?? []) as string[], (is[name] ?? []) as string[], {
        one,
        added: (item) => `${one} ${code(item)} added`,
        removed: (item) => `${one} ${code(item)} removed`,
      });
    if (name === "allowCredentials")
      return [
        is[name] ? "browsers may send cookies and credentials" : "browsers may no longer send credentials",
      ];
    if (name === "maxAgeSeconds") return [`preflight answers are kept ${was[name]} s → ${is[name]} s`];
    return [`CORS ${name} ${code(was[name] ?? null)} → ${code(is[name] ?? null)}`];
  });
}

type HeaderChange = {
  setHeaders?: Record<string, string>;
  removeHeaders?: readonly string[];
  path?: string | null;
};

function headersChange(side: string, before: HeaderChange, after: HeaderChange): string[] {
  const texts: string[] = [];
  const [was, is] = [before.setHeaders ?? {}, after.setHeaders ?? {}];
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (!(name in was)) texts.push(`${side} header ${code(name)} set to ${code(is[name])}`);
    else if (!(name in is)) texts.push(`${side} header ${code(name)} no longer set`);
    else if (was[name] !== is[name])
      texts.push(`${side} header ${code(name)} set to ${code(is[name])} instead of ${code(was[name])}`);
  }
  if (!same(before.removeHeaders ?? [], after.removeHeaders ?? []))
    texts.push(
      ...listChange(before.removeHeaders ?? [], after.removeHeaders ?? [], {
        one: `removed ${side} header`,
        added: (name) => `${side} header ${code(name)} taken out`,
        removed: (name) => `${side} header ${code(name)} no longer taken out`,
      }),
    );
  const [from, to] = [before.path ?? null, after.path ?? null];
  if (from !== to)
    texts.push(to === null ? "target gets the caller's own path" : `target gets the path ${code(to)}`);
  return texts;
}

function transformChange(before: Route["transform"], after: Route["transform"]): string[] {
  if (before === null && after === null) return [];
  const texts = (["request", "response"] as const).flatMap((side) =>
    headersChange(side, before?.[side] ?? {}, after?.[side] ?? {}),
  );
  if (texts.length) return texts;
  return [after ? "transformation added, which changes nothing yet" : "empty transformation removed"];
}

function limitChange(before: RateLimit | null, after: RateLimit | null): string[] {
  if (!after) return [`no limit any more (was ${before ? limitText(before) : "none"})`];
  if (!before) return [`limited to ${limitText(after)}`];
  if (before.per === after.per)
    return [`limit ${before.requestsPerMinute.toLocaleString("en")} → ${limitText(after)}`];
  return [`limit ${limitText(before)} → ${limitText(after)}`];
}

type Words = {
  [Field in keyof RouteFields]: (
    before: RouteFields[Field],
    after: RouteFields[Field],
    names: KeyNames,
  ) => string[];
};

const WORDS: Words = {
  method: (before, after) => [`answers ${code(after)} instead of ${code(before)}`],
  path: (before, after) => [`moves from ${code(before)} to ${code(after)}`],
  enabled: (_, after) => [after ? "switched on" : "switched off: its callers get 404 or 405"],
  name: (before, after) => textChange("name", before, after, true),
  description: (before, after) => textChange("description", before, after, false),
  tags: (before, after) =>
    listChange(before, after, {
      one: "tag",
      added: (tag) => `tag ${code(tag)} added`,
      removed: (tag) => `tag ${code(tag)} removed`,
    }),
  apiVersion: (before, after) => {
    if (after === null) return [`no version any more (was ${code(before)})`];
    if (before === null) return [`becomes version ${code(after)}: callers must send X-Api-Version`];
    return [`version ${code(before)} → ${code(after)}`];
  },
  target: targetChange,
  auth: authChange,
  corsEnabled: (_, after) => [
    after
      ? "CORS switched on: browsers of other sites get in"
      : "CORS switched off: browsers of other sites are refused",
  ],
  cors: corsChange,
  rateLimit: limitChange,
  maxBodyBytes: (before, after) => [`largest body ${bytes(before)} → ${bytes(after)}`],
  validation: (before, after) => {
    const texts = [
      ...schemaChange("body", before?.body ?? null, after?.body ?? null),
      ...schemaChange("query", before?.query ?? null, after?.query ?? null),
    ];
    return texts.length
      ? texts
      : [after ? "validation added, which checks nothing yet" : "empty validation removed"];
  },
  cache: (before, after) => {
    if (!after) return ["answers are no longer cached"];
    if (!before) return [`answers are cached for ${after.ttlSeconds} s`];
    return [`answers are cached ${before.ttlSeconds} s → ${after.ttlSeconds} s`];
  },
  transform: transformChange,
};

/** Every field that has words of its own. */
export const DESCRIBED_FIELDS: readonly string[] = Object.keys(WORDS);

/** Every difference between two states of one route, in words; none exactly if the two say the same. */
export function describeDifferences(before: Route, after: Route, names: KeyNames = new Map()): Sentence[] {
  if (routeText(before) === routeText(after)) return [];
  const fields = new Set([...DESCRIBED_FIELDS, ...Object.keys(before), ...Object.keys(after)]);
  const sentences: Sentence[] = [];
  for (const field of fields) {
    const [was, is] = [before[field as keyof Route], after[field as keyof Route]];
    if (same(was ?? null, is ?? null)) continue;
    const words = WORDS[field as keyof RouteFields] as
      | ((before: unknown, after: unknown, names: KeyNames) => string[])
      | undefined;
    const texts = words?.(was, is, names) ?? [];
    // Whatever the words above do not tell apart is still said to have changed.
    for (const text of texts.length ? texts : [`${code(field)} changed`]) sentences.push({ field, text });
  }
  return sentences;
}

/** What a route is, in words: for one that comes or goes. */
export function describeRoute(route: Route, names: KeyNames = new Map()): Sentence[] {
  const sentences: Sentence[] = [
    { field: "target", text: `goes to ${code(describeTarget(route.target))}` },
    {
      field: "auth",
      text:
        route.auth.mode === "none" ? "public: anybody can call it" : `takes ${gateText(route.auth, names)}`,
    },
    { field: "rateLimit", text: route.rateLimit ? limitText(route.rateLimit) : "no limit" },
  ];
  if (!route.enabled) sentences.unshift({ field: "enabled", text: "switched off" });
  if (route.apiVersion) sentences.unshift({ field: "apiVersion", text: `version ${code(route.apiVersion)}` });
  return sentences;
}

/** The keys that words about these routes name. */
export function namedKeys(routes: readonly (Route | null)[]): string[] {
  return routes.flatMap((route) =>
    route?.auth.mode === "api-key" ? (route.auth.allowedApiKeyIds ?? []) : [],
  );
}
