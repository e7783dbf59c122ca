/**
 * A real identity provider in a process of its own (oidc-provider), for tests: anybody may sign in under any name,
 * which becomes the subject. Accounts other than the usual ones are told over IPC.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type AccountClaims, type Configuration } from "oidc-provider";

/** Where a console of a test may be sent back to, whichever port it has. */
const CALLBACK = /^http:\/\/(?:127\.0\.0\.1|localhost):\d{1,5}\/api\/auth\/callback\/[a-z-]+$/;

const accounts = new Map<string, Record<string, unknown>>();
process.on("message", (told: { account: string; claims: Record<string, unknown> }) => {
  accounts.set(told.account, told.claims);
  process.send?.({ kept: told.account });
});
process.on("disconnect", () => process.exit(0));

const claimsOf = (id: string): AccountClaims => ({
  sub: id,
  email: `${id}@corp.example`,
  email_verified: true,
  name: id,
  ...accounts.get(id),
});

const configuration: Configuration = {
  clients: [
    {
      client_id: "gatehouse",
      client_secret: "the client secret of the tests",
      redirect_uris: ["http://127.0.0.1:1/api/auth/callback/corp"],
    },
  ],
  claims: {
    openid: ["sub", "amr", "acr", "auth_time"],
    email: ["email", "email_verified"],
    profile: ["name"],
  },
  cookies: { keys: ["the cookie key of the tests"] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, id) => ({ accountId: id, claims: () => claimsOf(id) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  // Nobody is asked whether the console may know who they are.
  async loadExistingGrant({ oidc }) {
    const { client, session, provider, params } = oidc;
    if (!client || !session?.accountId) return undefined;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(String(params?.scope ?? "openid"));
    await grant.save();
    return grant;
  },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration);
  Object.assign(provider.Client.prototype, { redirectUriAllowed: (uri: string) => CALLBACK.test(uri) });
  const callback = provider.callback();
  server.on("request", (request, response) => {
    const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? "")?.[1];
    if (!uid) return void callback(request, response);
    const work = request.method === "POST" ? answer(provider, request, response) : ask(uid, response);
    void Promise.resolve(work).catch(() => response.writeHead(500).end());
  });
  process.send?.({ issuer });
});

function ask(uid: string, response: ServerResponse): void {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><html lang="en"><title>Corp</title><h1>Corp</h1>
    <form method="post" action="/interaction/${uid}">
      <label>Name <input name="account" autofocus></label>
      <label><input type="checkbox" name="mfa" value="1"> With a second factor</label>
      <button name="do" value="login">Continue</button> <button name="do" value="refuse">Cancel</button>
    </form></html>`);
}

async function answer(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  const result =
    form.get("do") === "login"
      ? {
          login: {
            accountId: form.get("account") ?? "",
            amr: form.get("mfa") === "1" ? ["pwd", "mfa"] : ["pwd"],
          },
        }
      : { error: "access_denied", error_description: "<b>The person said no</b>" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
