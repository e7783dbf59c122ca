import { isInternalHost } from "#lib/contract/internal-addresses.ts";

/** Why nothing may be fetched from or sent to a URL; null when it may. What a name resolves to is judged when connecting. */
export function urlProblem(text: string, allowInternal: boolean): string | null {
  const url = URL.parse(text);
  if (!url) return "is not a URL";
  const internal = isInternalHost(url.hostname);
  if (internal && !allowInternal) return "points inside the network, which this installation does not allow";
  return url.protocol === "http:" && !internal ? "must begin with https://" : null;
}
