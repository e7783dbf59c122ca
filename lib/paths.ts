/**
 * Every address of the console is built here, so that a renamed page is one change. Arguments are encoded; a tenant
 * is named by its slug, everything else by its id or number.
 */
const part = encodeURIComponent;

/** A query string with its `?`, or nothing; empty, null and undefined values are left out. */
export function queryString(query: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.append(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

const tenant = (slug: string) => `/t/${part(slug)}`;

export const paths = {
  home: () => "/",
  signIn: (callbackUrl?: string) => `/sign-in${queryString({ callbackUrl })}`,
  /** Where somebody who gave the password gives the second factor. */
  secondFactor: (callbackUrl?: string) => `/sign-in/second-factor${queryString({ callbackUrl })}`,
  /** Where people without a session ask for a link to a new password, and where that link leads. */
  forgotPassword: () => "/forgot-password",
  resetPassword: () => "/reset-password",
  /** One's own settings, or one part of them, and where to go on to from there. */
  account: (section?: string, returnTo?: string) =>
    `/account${queryString({ returnTo })}${section ? `#${part(section)}` : ""}`,
  /** Where the link leads that proves an address. */
  verifyEmail: () => "/account/verify-email",
  /** What a visit to an identity provider came to when it did not lead where it was meant to. */
  signInProblem: (query: {
    problem: string;
    provider: string;
    about?: string | undefined;
    request?: string | undefined;
  }) => `/sign-in/provider${queryString(query)}`,
  /** Where an identity provider has confirmed that it is the person: tells the page that asked, and closes. */
  signInConfirmed: () => "/sign-in/confirmed",
  /** One's own settings, with the word that a provider has been added to them. */
  accountProviderAdded: (provider: string) => `/account${queryString({ added: provider })}#providers`,
  newTenant: () => "/new-tenant",
  /** The tenants that one owned, while they can be had back. */
  deletedTenants: () => "/deleted-tenants",
  claim: () => "/claim",
  join: () => "/join",
  /** What a tenant asks of a member who has not got it, and where to go once one has. */
  entry: (slug: string, returnTo?: string) => `/entry/${part(slug)}${queryString({ returnTo })}`,
  overview: (slug: string) => tenant(slug),
  routes: (slug: string) => `${tenant(slug)}/routes`,
  newRoute: (slug: string) => `${tenant(slug)}/routes/new`,
  importRoutes: (slug: string, query: { q?: string; tag?: string; state?: string } = {}) =>
    `${tenant(slug)}/routes/import${queryString(query)}`,
  route: (slug: string, id: string) => `${tenant(slug)}/routes/${part(id)}`,
  changes: (slug: string, query: { kind?: string; effect?: string } = {}) =>
    `${tenant(slug)}/changes${queryString(query)}`,
  revisions: (slug: string) => `${tenant(slug)}/revisions`,
  revision: (slug: string, number: number, query: { with?: number | string } = {}) =>
    `${tenant(slug)}/revisions/${number}${queryString(query)}`,
  /** Not a page: the management API's answer, to be saved as a file. */
  revisionOpenApi: (slug: string, number: number, format: "json" | "yaml" = "json") =>
    `/api/v1/tenants/${part(slug)}/revisions/${number}/openapi?format=${format}`,
  /** With a request to explain, with the ID of one that was refused, or where such an ID is asked for. */
  explain: (
    slug: string,
    query: {
      method?: string;
      path?: string;
      keyId?: string | undefined;
      request?: string;
      about?: "refusal";
    } = {},
  ) => `${tenant(slug)}/explain${queryString(query)}`,
  keys: (
    slug: string,
    query: { q?: string; status?: string; expires?: "soon"; find?: "1"; mint?: "1"; handover?: "1" } = {},
  ) => `${tenant(slug)}/keys${queryString(query)}`,
  claims: (slug: string) => `${tenant(slug)}/keys/links`,
  key: (slug: string, id: string) => `${tenant(slug)}/keys/${part(id)}`,
  issuers: (slug: string) => `${tenant(slug)}/issuers`,
  jobs: (slug: string, query: Partial<Record<string, string | undefined>> = {}) =>
    `${tenant(slug)}/jobs${queryString(query)}`,
  job: (slug: string, id: string) => `${tenant(slug)}/jobs/${part(id)}`,
  deadLetters: (slug: string, query: { q?: string; function?: string; sort?: string } = {}) =>
    `${tenant(slug)}/dead-letters${queryString(query)}`,
  deadLetterGroup: (slug: string, fingerprint: string) => `${tenant(slug)}/dead-letters/${part(fingerprint)}`,
  deadLetterRuns: (slug: string) => `${tenant(slug)}/dead-letters/runs`,
  deadLetterRun: (slug: string, id: string, query: { view?: string } = {}) =>
    `${tenant(slug)}/dead-letters/runs/${part(id)}${queryString(query)}`,
  gateways: (slug: string) => `${tenant(slug)}/gateways`,
  members: (slug: string, query: { invite?: "1"; q?: string; role?: string } = {}) =>
    `${tenant(slug)}/members${queryString(query)}`,
  invitations: (slug: string, query: { invite?: "1" } = {}) =>
    `${tenant(slug)}/members/invitations${queryString(query)}`,
  audit: (
    slug: string,
    query: {
      q?: string;
      actor?: string;
      action?: string;
      target?: string;
      request?: string;
      support?: "1";
    } = {},
  ) => `${tenant(slug)}/audit${queryString(query)}`,
  auditEntry: (slug: string, id: string) => `${tenant(slug)}/audit/${part(id)}`,
  /** Not a page: the management API's answer, to be saved as a file. */
  auditExport: (
    slug: string,
    format: "jsonl" | "csv",
    filters: Partial<Record<string, string | undefined>> = {},
  ) => `/api/v1/tenants/${part(slug)}/audit/export${queryString({ format, ...filters })}`,
  tokens: (slug: string) => `${tenant(slug)}/tokens`,
  settings: (slug: string) => `${tenant(slug)}/settings`,
  webhooks: (slug: string) => `${tenant(slug)}/settings/webhooks`,
  webhook: (slug: string, id: string) => `${tenant(slug)}/settings/webhooks/${part(id)}`,
  alerts: (slug: string) => `${tenant(slug)}/settings/alerts`,
  /** The support desk, for operators of the installation; `q` is what is looked for. */
  support: (query: { q?: string } = {}) => `/support${queryString(query)}`,
  supportTenants: (query: { q?: string } = {}) => `/support/tenants${queryString(query)}`,
  supportTenant: (slug: string) => `/support/tenants/${part(slug)}`,
  supportDeadLetters: (query: { order?: "reach" } = {}) => `/support/dead-letters${queryString(query)}`,
  supportDeadGroup: (fingerprint: string) => `/support/dead-letters/${part(fingerprint)}`,
  supportSessions: (query: { state?: "open"; tenant?: string } = {}) =>
    `/support/sessions${queryString(query)}`,
  supportSearches: () => "/support/searches",
  supportInstallation: () => "/support/installation",
  /** Where a tenant's members see which operators were there. */
  supportAccess: (slug: string) => `${tenant(slug)}/settings#support-access`,
};

const ORIGIN = "http://console.invalid";

/**
 * Where to go after signing in: `wanted` if it is an address of this console, else the start page. Anything that a
 * browser could read as another site (`//host`, `/\host`, `https:`, control characters) is refused.
 */
export function safeReturnPath(wanted: string | null | undefined): string {
  if (!wanted?.startsWith("/") || /[\p{Cc}\\]/u.test(wanted)) return paths.home();
  const url = URL.parse(wanted, ORIGIN);
  if (url?.origin !== ORIGIN || url.pathname.startsWith("//")) return paths.home();
  return url.pathname + url.search + url.hash;
}
