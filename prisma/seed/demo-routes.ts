import type { RouteFieldsInput } from "#lib/contract/route.ts";

const call = (name: string) => ({ type: "function", function: name }) as const;
const job = (name: string, maxAttempts: number) =>
  ({ type: "job", function: name, maxAttempts, timeoutMs: 30_000 }) as const;

/** The routes of the demo tenant `acme`; `partnerKeyId` is the only key that may start exports. */
export const acmeRoutes = (partnerKeyId: string): RouteFieldsInput[] => [
  {
    method: "GET",
    path: "/v1/hello",
    name: "Hello",
    description: "Open to everybody; good for a first curl.",
    target: call("hello"),
    auth: { mode: "none" },
    rateLimit: { requestsPerMinute: 60, per: "ip" },
    tags: ["public"],
  },
  { method: "GET", path: "/v1/users", name: "List users", target: call("users"), tags: ["users"] },
  { method: "POST", path: "/v1/users", name: "Create a user", target: call("users"), tags: ["users"] },
  { method: "GET", path: "/v1/users/:id", name: "Read a user", target: call("users"), tags: ["users"] },
  {
    method: "POST",
    path: "/v1/datasets/:dataset/export",
    name: "Export a dataset",
    description: "Answers 202; the work runs as a job.",
    target: call("export-dataset"),
    auth: { mode: "api-key", allowedApiKeyIds: [partnerKeyId] },
    rateLimit: { requestsPerMinute: 30, per: "key" },
    tags: ["datasets"],
  },
  {
    method: "POST",
    path: "/v1/datasets/:dataset/reindex",
    name: "Reindex a dataset",
    target: job("reindex-dataset", 5),
    tags: ["datasets"],
  },
  {
    method: "POST",
    path: "/v1/inventory/sync",
    name: "Sync the inventory",
    description: 'Fails now and then, or always with {"fail": true}: two attempts, then a dead letter.',
    target: job("flaky", 2),
    tags: ["inventory"],
  },
  {
    method: "POST",
    path: "/v1/inventory/import",
    name: "Import the inventory",
    description: "As the sync, but patient: twenty attempts.",
    target: job("flaky", 20),
    tags: ["inventory"],
  },
  {
    method: "POST",
    path: "/v1/imports",
    name: "Import records",
    description:
      'Two steps: check, then write. With {"store": "archive"} the second fails, and a retry begins there.',
    target: {
      type: "pipeline",
      functions: ["check-import", "write-import"],
      maxAttempts: 2,
      timeoutMs: 30_000,
    },
    tags: ["imports"],
  },
  { method: "GET", path: "/v1/jobs/:jobId", name: "Status of a job", target: { type: "job-status" } },
  {
    method: "GET",
    path: "/v1/reports/*",
    name: "Reports (old)",
    enabled: false,
    target: { type: "http", url: "https://reports.example.com" },
    tags: ["legacy"],
  },
];

/** A change that waits in the draft, so that the Changes page has something to show. */
export const acmeUnpublished: RouteFieldsInput = {
  method: "DELETE",
  path: "/v1/users/:id",
  name: "Remove a user",
  target: call("users"),
  rateLimit: { requestsPerMinute: 10, per: "key" },
  tags: ["users"],
};

/** The routes of the other demo tenant: enough to see that the two share nothing. */
export const globexRoutes: RouteFieldsInput[] = [
  { method: "GET", path: "/v1/hello", name: "Hello", target: call("hello"), auth: { mode: "none" } },
  { method: "GET", path: "/v2/users/{id}", name: "Read a user", target: call("users") },
];
