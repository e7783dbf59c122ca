import type { Endpoint } from "../endpoint.ts";
import { gatewayEndpoints } from "./gateways.ts";
import { jobEndpoints } from "./jobs.ts";
import { keyEndpoints } from "./keys.ts";
import { peopleEndpoints } from "./people.ts";
import { publishingEndpoints } from "./publishing.ts";
import { routeEndpoints } from "./routes.ts";

/** Every endpoint of the management API. What is not in here does not exist. */
export const endpoints: readonly Endpoint[] = [
  ...peopleEndpoints,
  ...routeEndpoints,
  ...publishingEndpoints,
  ...keyEndpoints,
  ...jobEndpoints,
  ...gatewayEndpoints,
];
