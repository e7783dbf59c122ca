/** Of each code: why it matters, and how to mend it. docs/lint.md has the same in a table, and a test holds the two together. */
export type Explanation = { why: string; mend: string };

const explained = {
  duplicate_route: {
    why: "Another enabled route matches exactly the same requests; the gateway could not choose. Names of parameters make no difference.",
    mend: "Change or switch off one of them, or give both an API version.",
  },
  cors_any_origin_with_credentials: {
    why: "`*` with credentials would hand every site the visitor's session; browsers refuse it too.",
    mend: "List the origins, or switch credentials off.",
  },
  schema_invalid: {
    why: "A JSON Schema has no meaning, refers to another document or is too large; the message names the place in it.",
    mend: "Correct the schema; the editor tries it as you type.",
  },
  schema_can_hang: {
    why: "A pattern needs lookarounds or backreferences, repeats too much, or the schema refers to itself without going deeper: a check might never end.",
    mend: "Write the pattern without them, or check the length apart from it.",
  },
  reserved_header: {
    why: "The transformation sets or removes a header that is not its own to change: of the connection, the body, the gateway itself, CORS or the cache.",
    mend: "Take the header out of the transformation.",
  },
  repeated_header: {
    why: "The same header is set twice in different cases; only one of the two could be sent.",
    mend: "Keep one of them.",
  },
  secret_in_job: {
    why: "A job's input is stored, and credentials are not kept in it.",
    mend: "Give the function its credential where it runs.",
  },
  bad_rewritten_path: {
    why: "The path for the target is no path that can be filled in.",
    mend: "Write a path that begins with / and names parameters of the route.",
  },
  transform_without_target: {
    why: "A job's status is answered by the gateway itself, so there is no request to change.",
    mend: "Take the change of the request out.",
  },
  cache_on_job: {
    why: "Each request makes a job of its own, and a job's status changes: neither answer may be repeated.",
    mend: "Switch the cache off.",
  },
  job_status_without_job_id: {
    why: "A job's status is looked up by the path parameter `jobId`.",
    mend: "Put `:jobId` in the path.",
  },
  internal_upstream: {
    why: "The upstream is loopback, link-local, private, carrier NAT, a metadata address or an internal name, in any spelling. It would let a tenant reach what the gateway can reach.",
    mend: "Name a public address. Whoever runs the installation can set `ALLOW_INTERNAL_UPSTREAMS=1`.",
  },
  origin_trailing_slash: {
    why: "Browsers send an origin as scheme, host and port, and nothing behind it, so this one would never match.",
    mend: "Write the origin that the message names.",
  },
  origin_not_exact: {
    why: "Browsers send an origin as scheme, host and port, and nothing behind it, so this one would never match.",
    mend: "Write the origin that the message names.",
  },
  invalid_document: {
    why: "The document has not the shape of a route; `field` says where.",
    mend: "Mend the field.",
  },
  unreachable_route: {
    why: "Routes with the same path take every method, so no request is left.",
    mend: "Remove it, or one of the others.",
  },
  nearly_unreachable_route: {
    why: "More specific routes take all requests but those with an empty path segment.",
    mend: "Remove it if those do not matter.",
  },
  ambiguous_overlap: {
    why: "Two patterns cross: some paths fit both and neither contains the other. The message gives such a path and who answers.",
    mend: "Make one of them more specific if the wrong one answers.",
  },
  auth_weakened: {
    why: "The route asks less of its callers than what is live, or than the live route that it replaces at the same place: no credentials, more keys, fewer scopes, fewer or other claims, a key instead of a token.",
    mend: "Accept it if it is meant.",
  },
  public_write: {
    why: "Anybody can change something.",
    mend: "Ask for a key or a token.",
  },
  no_key_allowed: {
    why: "The list of allowed keys is empty: everybody is refused.",
    mend: "Add a key, or allow every key.",
  },
  allowed_key_revoked: {
    why: "The list names a key that no longer works, or none of this tenant.",
    mend: "Put its successor in the list, or take it out.",
  },
  allowed_key_expired: {
    why: "The list names a key that no longer works, or none of this tenant.",
    mend: "Put its successor in the list, or take it out.",
  },
  allowed_key_unknown: {
    why: "The list names a key that no longer works, or none of this tenant.",
    mend: "Put its successor in the list, or take it out.",
  },
  no_issuer: {
    why: "The route asks for a bearer token and the tenant has no issuer that is switched on: everybody is refused.",
    mend: "Set an issuer up.",
  },
  function_not_registered: {
    why: "No data plane has registered the function: calls fail with 502 until one does.",
    mend: "Deploy the function, or correct the name.",
  },
  limit_per_key_on_public_route: {
    why: "Callers of a public route have no key; the limit counts per IP address.",
    mend: "Count per IP address, or ask for a key.",
  },
  cache_never_used: {
    why: "Only answers to GET and HEAD are cached.",
    mend: "Switch the cache off.",
  },
  unknown_parameter: {
    why: "The target's or the rewritten path names a parameter that the route's path has not. In the target's URL it is sent on as it stands, which is a warning; a rewritten path could not be filled, which is an error.",
    mend: "Correct the name.",
  },
  versions_mixed: {
    why: "Other routes with this method and path carry a version; this one answers only callers that name none.",
    mend: "Give it a version if that is not meant.",
  },
  preflight_never_arrives: {
    why: "With CORS on, the gateway answers preflights before any route.",
    mend: "Switch CORS off if the target answers them.",
  },
  target_is_gateway: {
    why: "The upstream is this gateway: a request can run in circles.",
    mend: "Name the service itself.",
  },
  more_specific_routes: {
    why: "One route is a special case of another and answers its part.",
    mend: "Nothing: this is how wildcards are meant.",
  },
  takes_from_wider_routes: {
    why: "One route is a special case of another and answers its part.",
    mend: "Nothing: this is how wildcards are meant.",
  },
  cache_only_reads: {
    why: "Of an ANY route, only answers to GET and HEAD are cached.",
    mend: "",
  },
  cache_behind_auth: {
    why: "The route asks for credentials and its answers are cached.",
    mend: "Make sure that they may be kept.",
  },
  long_timeout: {
    why: "Many clients and proxies give up after a minute.",
    mend: "Use a job, which answers at once.",
  },
} satisfies Record<string, Explanation>;

export const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map(Object.entries(explained));
