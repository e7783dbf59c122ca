import type { NextAuthOptions } from "next-auth";
import * as nextAuth from "next-auth";

type Handler = (request: never, response: never, options: NextAuthOptions) => Promise<unknown>;
// A CommonJS package: Node gives its `exports` as the default export, Next's bundler what `exports.default` holds.
const imported = nextAuth.default as unknown as Handler | { default: Handler };
const handle: Handler = typeof imported === "function" ? imported : imported.default;

type Call = {
  method: "GET" | "POST";
  /** Below /api/auth. */
  action: "signin" | "callback";
  provider: string;
  query: Record<string, string>;
  body: Record<string, string>;
  headers: Record<string, string>;
  cookies: Record<string, string>;
};

/** Where next-auth would send the browser, and the cookies it would set. */
export type Answer = { location: string | null; setCookies: string[] };

/**
 * Puts one call to next-auth and catches the answer instead of sending it, so that what went wrong can be said in
 * words of ours. It is called the way a server without Next's own request scope does.
 */
export async function askNextAuth(call: Call, options: NextAuthOptions): Promise<Answer> {
  const answer: Answer = { location: null, setCookies: [] };
  const response = {
    status: () => response,
    getHeader: (name: string) => (/^set-cookie$/i.test(name) ? answer.setCookies : undefined),
    setHeader(name: string, value: string | string[]) {
      if (/^location$/i.test(name)) answer.location = String(value);
      if (/^set-cookie$/i.test(name)) answer.setCookies = [value].flat();
      return response;
    },
    end: () => response,
    send: () => response,
    json: () => response,
  };
  const { action, provider, query, ...rest } = call;
  const request = { ...rest, query: { ...query, nextauth: [action, provider] } };
  await handle(request as never, response as never, options);
  return answer;
}
