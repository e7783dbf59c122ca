import { DATA_POLICY, pagePolicy } from "./content-policy.ts";

/** What the headers of an answer depend on. */
export type HeaderFacts = {
  path: string;
  nonce: string;
  /** The gateway's public origin: the page behind a claim link tries the new key there. */
  gatewayOrigin: string;
  /** Whether people reach the console over TLS. */
  secure: boolean;
  dev: boolean;
};

export type AnswerKind = "page" | "data" | "asset";

/** Pages that somebody opens by a link with a secret in its fragment: they leave no trace of where they were. */
const SECRET_LINKS = ["/claim", "/join", "/reset-password", "/account/verify-email"];

const isBelow = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

/** Whether a path is answered with a page, with data, or with a file that is the same for everybody. */
export function kindOf(path: string): AnswerKind {
  if (isBelow(path, "/api") || isBelow(path, "/.well-known") || path === "/robots.txt") return "data";
  return isBelow(path, "/_next/static") || path === "/icon.svg" ? "asset" : "page";
}

/** On every answer, whoever writes it. */
const ALWAYS = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "Permissions-Policy": [
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
  ]
    .map((feature) => `${feature}=()`)
    .join(", "),
  "X-Permitted-Cross-Domain-Policies": "none",
  "X-Robots-Tag": "noindex, nofollow, noarchive",
} as const;

const ONE_YEAR = 31_536_000;

/**
 * The one table of the headers that make an answer safe. They are set before anything else has a say; the console's
 * server takes care that `Cache-Control` of what is personal stays as it is here.
 */
export function answerHeaders(facts: HeaderFacts): Record<string, string> {
  const { path, nonce, gatewayOrigin, secure, dev } = facts;
  const kind = kindOf(path);
  const secretLink = SECRET_LINKS.some((place) => isBelow(path, place));
  const claim = isBelow(path, "/claim");
  return {
    ...ALWAYS,
    ...(secure ? { "Strict-Transport-Security": `max-age=${ONE_YEAR}` } : {}),
    "Referrer-Policy": secretLink || kind === "data" ? "no-referrer" : "same-origin",
    ...(kind === "asset" ? {} : { "Cache-Control": "no-store" }),
    "Content-Security-Policy":
      kind === "page"
        ? pagePolicy({ nonce, connectTo: claim ? [gatewayOrigin] : [], forms: !claim, dev })
        : DATA_POLICY,
  };
}
