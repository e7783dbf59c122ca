import { answerProviderVisit } from "#lib/identities/flow.ts";

const CONSOLE = "http://127.0.0.1:3000";

type Send = { method?: string; body?: string; origin?: string | null; ip?: string };

/**
 * A browser's part in visits to identity providers: cookies by origin, redirects one at a time. What is sent to the
 * console goes to the code that answers there, in this process.
 */
export function providerBrowser(jar: Map<string, string> = new Map()) {
  const elsewhere = new Map<string, string>();

  const keep = (into: Map<string, string>, response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) into.delete(name);
      else into.set(name, value);
    }
  };
  const cookies = (from: Map<string, string>) =>
    [...from].map(([name, value]) => `${name}=${value}`).join("; ");

  /** One request to the console's own addresses below /api/auth. */
  async function console_(
    url: string,
    { method = "GET", body, origin = CONSOLE }: Send = {},
  ): Promise<Response> {
    const request = new Request(new URL(url, CONSOLE), {
      method,
      headers: {
        cookie: cookies(jar),
        "user-agent": "a browser of the tests",
        "x-forwarded-for": "127.0.0.1",
        ...(origin ? { origin } : {}),
        ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const response = await answerProviderVisit(request, new URL(request.url).pathname.split("/").slice(3));
    if (!response) throw new Error(`nobody answers ${url}`);
    keep(jar, response);
    return response;
  }

  /** Presses the button of a provider; gives where the browser is sent. */
  async function begin(
    provider: string,
    fields: { errand?: string; callbackUrl?: string } = {},
    options: Send = {},
  ): Promise<URL> {
    const csrfToken = await csrf();
    const body = new URLSearchParams({ callbackUrl: "/", ...fields, csrfToken }).toString();
    const response = await console_(`/api/auth/signin/${provider}`, { ...options, method: "POST", body });
    return new URL((await response.json()).url);
  }

  /** next-auth's CSRF token: its cookie holds the token and a hash of it with the secret. */
  async function csrf(): Promise<string> {
    const { createHash } = await import("node:crypto");
    const token = "0".repeat(64);
    const hash = createHash("sha256").update(`${token}${process.env.GATEHOUSE_SECRET}`).digest("hex");
    jar.set("next-auth.csrf-token", `${token}%7C${hash}`);
    return token;
  }

  /** Follows the provider's pages until they lead back to the console; `answers` are given to its form. */
  async function atProvider(from: URL, answers: Record<string, string>): Promise<URL> {
    let url = from;
    let form: URLSearchParams | null = null;
    for (let step = 0; step < 12; step++) {
      if (url.origin === CONSOLE) return url;
      const response = await fetch(url, {
        method: form ? "POST" : "GET",
        redirect: "manual",
        headers: { cookie: cookies(elsewhere) },
        ...(form ? { body: form } : {}),
      });
      keep(elsewhere, response);
      form = null;
      const location = response.headers.get("location");
      if (location) url = new URL(location, url);
      else if (response.status === 200) form = new URLSearchParams(answers);
      else throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
    }
    throw new Error("the provider goes round in circles");
  }

  /** The whole way: button, provider, and back; gives where the browser ends up in the console. */
  async function visit(
    provider: string,
    account: string,
    fields: { errand?: string; callbackUrl?: string; mfa?: boolean } = {},
  ): Promise<URL> {
    const { mfa, ...form } = fields;
    const there = await begin(provider, form);
    const back = await atProvider(there, { do: "login", account, ...(mfa ? { mfa: "1" } : {}) });
    return arrive(back);
  }

  /** Comes back to the console with what the provider gave. */
  async function arrive(back: URL): Promise<URL> {
    const response = await console_(back.href);
    return new URL(response.headers.get("location") ?? "", CONSOLE);
  }

  return { jar, elsewhere, begin, atProvider, arrive, visit, request: console_ };
}
