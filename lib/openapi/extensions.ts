/** What an export adds to OpenAPI so that importing it gives the same routes again. */
export const EXTENSION = {
  /** At the top: which tenant and revision this is. For people; an import does not read it. */
  about: "x-gatehouse",
  /** In an operation: the rest of the route, all that the operation itself does not say. */
  route: "x-gatehouse-route",
  /** In a path item: whole routes that cannot be one operation: ANY, further versions, disabled ones. */
  routes: "x-gatehouse-routes",
  /** In an operation that only shows one method of an ANY route: that route's id, which stands in `routes`. */
  partOf: "x-gatehouse-part-of",
} as const;

/** The methods that OpenAPI has operations for and a route can have, as OpenAPI spells them. */
export const OPERATION_METHODS = ["get", "put", "post", "delete", "options", "head", "patch"] as const;
