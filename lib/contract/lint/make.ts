import type { Route } from "../route.ts";
import { type Finding, MAX_OTHERS, type Other, type Severity } from "./finding.ts";

/** Makes the findings of one route. */
export const findingOf =
  (route: Pick<Route, "id">) =>
  (
    severity: Severity,
    code: string,
    field: string | null,
    message: string,
    others: readonly Other[] = [],
  ): Finding => ({
    code,
    severity,
    routeId: route.id,
    field,
    message,
    others: others.slice(0, MAX_OTHERS).map(({ id, method, path }) => ({ id, method, path })),
  });

/** What the gateway puts behind a route's name, as a sentence of its own. */
export const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
