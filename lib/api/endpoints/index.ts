import { z } from "zod";
import { env } from "#lib/env.ts";
import { type Endpoint, publicEndpoint } from "../endpoint.ts";
import { openApiDocument } from "../openapi.ts";
import { accountEndpoints } from "./account.ts";
import { alertEndpoints } from "./alerts.ts";
import { auditEndpoints } from "./audit.ts";
import { claimEndpoints } from "./claims.ts";
import { deadLetterEndpoints } from "./dead-letters.ts";
import { explainEndpoints } from "./explain.ts";
import { gatewayEndpoints } from "./gateways.ts";
import { identityEndpoints } from "./identities.ts";
import { installationEndpoints } from "./installation.ts";
import { invitationEndpoints } from "./invitations.ts";
import { issuerEndpoints } from "./issuers.ts";
import { jobRetentionEndpoints } from "./job-retention.ts";
import { jobViewEndpoints } from "./job-views.ts";
import { jobEndpoints } from "./jobs.ts";
import { keyEndpoints } from "./keys.ts";
import { meEndpoints } from "./me.ts";
import { memberEndpoints } from "./members.ts";
import { openApiDocumentEndpoints } from "./openapi-documents.ts";
import { peopleEndpoints } from "./people.ts";
import { policyEndpoints } from "./policies.ts";
import { publishingEndpoints } from "./publishing.ts";
import { routeEndpoints } from "./routes.ts";
import { secondFactorEndpoints } from "./second-factors.ts";
import { supportEndpoints } from "./support.ts";
import { tenantDeletionEndpoints } from "./tenant-deletion.ts";
import { tokenEndpoints } from "./tokens.ts";
import { webhookEndpoints } from "./webhooks.ts";

const openApi = publicEndpoint({
  method: "GET",
  path: "/openapi.json",
  summary: "This API as an OpenAPI 3.1 document",
  cost: 5,
  response: z.record(z.string(), z.json()),
  handle: async () => openApiDocument(endpoints, env.consoleUrl),
});

/** Every endpoint of the management API. What is not in here does not exist. */
export const endpoints: readonly Endpoint[] = [
  openApi,
  ...meEndpoints,
  ...accountEndpoints,
  ...secondFactorEndpoints,
  ...peopleEndpoints,
  ...tenantDeletionEndpoints,
  ...tokenEndpoints,
  ...memberEndpoints,
  ...invitationEndpoints,
  ...policyEndpoints,
  ...routeEndpoints,
  ...openApiDocumentEndpoints,
  ...publishingEndpoints,
  ...explainEndpoints,
  ...keyEndpoints,
  ...claimEndpoints,
  ...identityEndpoints,
  ...issuerEndpoints,
  ...jobEndpoints,
  ...jobViewEndpoints,
  ...deadLetterEndpoints,
  ...jobRetentionEndpoints,
  ...webhookEndpoints,
  ...alertEndpoints,
  ...gatewayEndpoints,
  ...auditEndpoints,
  ...supportEndpoints,
  ...installationEndpoints,
];
