import assert from "node:assert/strict";
import test from "node:test";
import { paths, queryString, safeReturnPath } from "./paths.ts";

test("every page has exactly this address", () => {
  const id = "0199c0de-0000-7000-8000-000000000001";
  assert.deepEqual(
    {
      home: paths.home(),
      signIn: paths.signIn(),
      signInAndReturn: paths.signIn("/t/acme/jobs?state=dead"),
      newTenant: paths.newTenant(),
      claim: paths.claim(),
      overview: paths.overview("acme"),
      routes: paths.routes("acme"),
      newRoute: paths.newRoute("acme"),
      importRoutes: paths.importRoutes("acme"),
      route: paths.route("acme", id),
      changes: paths.changes("acme"),
      revisions: paths.revisions("acme"),
      revision: paths.revision("acme", 43),
      comparison: paths.revision("acme", 43, { with: 41 }),
      revisionOpenApi: paths.revisionOpenApi("acme", 43, "yaml"),
      explain: paths.explain("acme"),
      explainRequest: paths.explain("acme", { method: "GET", path: "/a?b=c&d", keyId: id }),
      explainRefusal: paths.explain("acme", { request: "a-request" }),
      explainAnyRefusal: paths.explain("acme", { about: "refusal" }),
      keys: paths.keys("acme"),
      claims: paths.claims("acme"),
      key: paths.key("acme", id),
      issuers: paths.issuers("acme"),
      jobs: paths.jobs("acme"),
      deadLetters: paths.deadLetters("acme", { q: "timeout" }),
      deadLetterGroup: paths.deadLetterGroup("acme", "5c1f0a9b2e7d4c33"),
      deadLetterRuns: paths.deadLetterRuns("acme"),
      deadLetterRun: paths.deadLetterRun("acme", id, { view: "skipped" }),
      job: paths.job("acme", id),
      gateways: paths.gateways("acme"),
      members: paths.members("acme"),
      tokens: paths.tokens("acme"),
      settings: paths.settings("acme"),
      webhooks: paths.webhooks("acme"),
      webhook: paths.webhook("acme", id),
      alerts: paths.alerts("acme"),
      support: paths.support(),
      supportSearch: paths.support({ q: "a b" }),
      supportTenants: paths.supportTenants(),
      supportTenant: paths.supportTenant("acme"),
      supportDeadLetters: paths.supportDeadLetters({ order: "reach" }),
      supportDeadGroup: paths.supportDeadGroup("52fe7d541cd47186"),
      supportSessions: paths.supportSessions({ state: "open" }),
      supportInstallation: paths.supportInstallation(),
      supportAccess: paths.supportAccess("acme"),
    },
    {
      home: "/",
      signIn: "/sign-in",
      signInAndReturn: "/sign-in?callbackUrl=%2Ft%2Facme%2Fjobs%3Fstate%3Ddead",
      newTenant: "/new-tenant",
      claim: "/claim",
      overview: "/t/acme",
      routes: "/t/acme/routes",
      newRoute: "/t/acme/routes/new",
      importRoutes: "/t/acme/routes/import",
      route: `/t/acme/routes/${id}`,
      changes: "/t/acme/changes",
      revisions: "/t/acme/revisions",
      revision: "/t/acme/revisions/43",
      comparison: "/t/acme/revisions/43?with=41",
      revisionOpenApi: "/api/v1/tenants/acme/revisions/43/openapi?format=yaml",
      explain: "/t/acme/explain",
      explainRequest: `/t/acme/explain?method=GET&path=%2Fa%3Fb%3Dc%26d&keyId=${id}`,
      explainRefusal: "/t/acme/explain?request=a-request",
      explainAnyRefusal: "/t/acme/explain?about=refusal",
      keys: "/t/acme/keys",
      claims: "/t/acme/keys/links",
      key: `/t/acme/keys/${id}`,
      issuers: "/t/acme/issuers",
      jobs: "/t/acme/jobs",
      deadLetters: "/t/acme/dead-letters?q=timeout",
      deadLetterGroup: "/t/acme/dead-letters/5c1f0a9b2e7d4c33",
      deadLetterRuns: "/t/acme/dead-letters/runs",
      deadLetterRun: `/t/acme/dead-letters/runs/${id}?view=skipped`,
      job: `/t/acme/jobs/${id}`,
      gateways: "/t/acme/gateways",
      members: "/t/acme/members",
      tokens: "/t/acme/tokens",
      settings: "/t/acme/settings",
      webhooks: "/t/acme/settings/webhooks",
      webhook: `/t/acme/settings/webhooks/${id}`,
      alerts: "/t/acme/settings/alerts",
      support: "/support",
      supportSearch: "/support?q=a+b",
      supportTenants: "/support/tenants",
      supportTenant: "/support/tenants/acme",
      supportDeadLetters: "/support/dead-letters?order=reach",
      supportDeadGroup: "/support/dead-letters/52fe7d541cd47186",
      supportSessions: "/support/sessions?state=open",
      supportInstallation: "/support/installation",
      supportAccess: "/t/acme/settings#support-access",
    },
  );
});

test("no argument can climb out of its segment", () => {
  assert.equal(paths.route("a/b", "../keys?x#y"), "/t/a%2Fb/routes/..%2Fkeys%3Fx%23y");
});

test("empty values never reach the address", () => {
  assert.equal(queryString({ q: "", state: null, limit: undefined }), "");
  assert.equal(queryString({ q: "a b&c", limit: 25, all: false }), "?q=a+b%26c&limit=25&all=false");
});

test("signing in returns to a page of this console and to nothing else", () => {
  assert.equal(safeReturnPath("/t/acme/jobs?state=dead#top"), "/t/acme/jobs?state=dead#top");
  const hostile = [
    null,
    "",
    "t/acme",
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "/..//evil.example",
    "/.//evil.example/x",
    "javascript:alert(1)",
    "/\u0000",
  ];
  for (const wanted of hostile) assert.equal(safeReturnPath(wanted), "/", JSON.stringify(wanted));
});
