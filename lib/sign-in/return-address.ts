import { env } from "#lib/env.ts";
import { safeReturnPath } from "#lib/paths.ts";

/** next-auth's question where a browser may be sent: to the console, whatever is asked for. */
export function returnToConsole(wanted: string): string {
  const { origin } = new URL(env.consoleUrl);
  const ours = wanted === origin || wanted.startsWith(`${origin}/`);
  return origin + safeReturnPath(ours ? wanted.slice(origin.length) || "/" : wanted);
}
