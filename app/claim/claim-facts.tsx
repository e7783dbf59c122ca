"use client";
import { useState } from "react";
import { MethodBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { Facts } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { OpenedClaim } from "#lib/claims/schema.ts";
import { graceText } from "./grace-text.ts";

/** What is true of the key, before and after it is revealed. */
export function ClaimFacts({ claim, before }: { claim: OpenedClaim; before: boolean }) {
  const { replaces } = claim;
  return (
    <Facts
      items={[
        { name: "Key", value: <span className="wrap-anywhere">{claim.keyName}</span> },
        { name: "Base URL", value: <CopyId value={claim.baseUrl} label="base URL" /> },
        ...(before
          ? [{ name: "This link works until", value: <Moment at={claim.expiresAt} none="" /> }]
          : []),
        { name: "The key expires", value: <Moment at={claim.keyExpiresAt} none="never" /> },
        ...(replaces
          ? [
              {
                name: "It replaces",
                value: `the key that ends in ${replaces.lastFour}. ${graceText(replaces.graceSeconds, before)}`,
              },
            ]
          : []),
      ]}
    />
  );
}

/** Beyond this a relative time is the date once more. */
const RELATIVE_WITHIN_MS = 30 * 86_400_000;

function Moment({ at, none }: { at: string | null; none: string }) {
  if (at === null) return none;
  return (
    <>
      {new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}
      {Date.parse(at) - Date.now() < RELATIVE_WITHIN_MS ? (
        <span className="text-muted">
          {" "}
          (<RelativeTime at={at} />)
        </span>
      ) : null}
    </>
  );
}

const SHOWN_FIRST = 8;
type OpenedRoute = OpenedClaim["routes"][number];

/** The routes that the key opens, each with its limit. */
export function ClaimRoutes({ claim }: { claim: OpenedClaim }) {
  const [all, setAll] = useState(false);
  const { routes, moreRoutes } = claim;
  const total = routes.length + moreRoutes;
  const shown = all ? routes : routes.slice(0, SHOWN_FIRST);
  return (
    <section className="mt-6">
      <h2 className="mb-2 font-semibold text-base">
        {total === 0
          ? "It opens nothing yet"
          : `It opens ${total.toLocaleString("en")} ${total === 1 ? "route" : "routes"}`}
      </h2>
      {total === 0 ? (
        <p className="text-muted">
          No route that is live today takes this key. Ask {claim.tenant.name} before you rely on it.
        </p>
      ) : null}
      <ul className="border-t empty:hidden">
        {shown.map((route) => (
          <li key={`${route.method} ${route.path} ${route.apiVersion}`} className="border-b py-2">
            <div className="flex items-baseline gap-1">
              <MethodBadge method={route.method} />
              <span className="min-w-0 break-all font-mono text-xs" translate="no">
                {route.path}
              </span>
            </div>
            {route.name || route.description ? (
              <p className="mt-0.5 wrap-anywhere pl-15">{route.name || route.description}</p>
            ) : null}
            <p className="mt-0.5 pl-15 text-muted text-xs">{limitsOf(route)}</p>
          </li>
        ))}
      </ul>
      {routes.length > SHOWN_FIRST ? (
        <Button className="mt-3" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${routes.length.toLocaleString("en")}`}
        </Button>
      ) : null}
      {moreRoutes > 0 && all ? (
        <p className="mt-2 text-muted">and {moreRoutes.toLocaleString("en")} more</p>
      ) : null}
    </section>
  );
}

function limitsOf({ requestsPerMinute, limitPer, apiVersion, partly }: OpenedRoute): string {
  const limit =
    requestsPerMinute === null
      ? "No limit"
      : `${requestsPerMinute.toLocaleString("en")} requests a minute ${limitPer === "key" ? "per key" : "per address"}`;
  return [
    limit,
    ...(apiVersion ? [`X-Api-Version: ${apiVersion}`] : []),
    ...(partly ? ["only some of its requests"] : []),
  ].join(" · ");
}
