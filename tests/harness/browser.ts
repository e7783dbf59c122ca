import { sessionCookie } from "#lib/access/session-cookie.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { env } from "#lib/env.ts";

type Details = { path: string; message: string }[];
/** `data` is what the test knows it to be; `error` is there when the status says so. */
export type Answer = {
  status: number;
  data: unknown;
  error: { code: string; message: string; details: Details };
};

/** A browser as the management API sees one: it keeps cookies, and says which page a change comes from. */
export type Browser = {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Makes it the browser of a session that was opened elsewhere. */
  carry(sessionId: string): Promise<void>;
  headers(): Headers;
  cookies: Map<string, string>;
};

let browsers = 0;

/** An address that no other browser of the test has: wrong attempts are counted by address too. */
function anotherAddress(): string {
  const number = browsers++;
  return `198.18.${Math.floor(number / 250)}.${(number % 250) + 1}`;
}

/** A new browser, without cookies. */
export function browser(address = anotherAddress()): Browser {
  const cookies = new Map<string, string>();
  const keep = (line: string) => {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    cookies.set(pair.slice(0, at), pair.slice(at + 1));
  };
  const headers = () =>
    new Headers({
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      origin: new URL(env.consoleUrl).origin,
      "x-forwarded-for": address,
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0",
    });
  return {
    cookies,
    headers,
    carry: async (sessionId) => keep(await sessionCookie(sessionId)),
    async send(method, path, body, more = {}) {
      const sent = headers();
      for (const [name, value] of Object.entries(more)) sent.set(name, value);
      const hasBody = method !== "GET" && method !== "DELETE";
      if (hasBody) sent.set("content-type", "application/json");
      const response = await dispatch(
        new Request(`${env.consoleUrl}/api/v1${path}`, {
          method,
          headers: sent,
          ...(hasBody ? { body: typeof body === "string" ? body : JSON.stringify(body ?? {}) } : {}),
        }),
      );
      for (const line of response.headers.getSetCookie()) keep(line);
      const text = await response.text();
      const json = text === "" ? {} : JSON.parse(text);
      return { status: response.status, data: json.data, error: json.error };
    },
  };
}
