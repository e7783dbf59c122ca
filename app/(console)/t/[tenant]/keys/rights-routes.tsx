"use client";
import { X } from "lucide-react";
import { useState } from "react";
import { MethodBadge } from "#components/ui/badge.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { type PickedRoute, sameRight, withPicked } from "./rights.ts";
import { useOpenableRoutes } from "./use-rights-reach.ts";

type RightsRoutesProps = {
  tenant: string;
  picked: readonly PickedRoute[];
  onPickedChange: (picked: PickedRoute[]) => void;
  error: string | null;
};

const BOX = "max-h-48 overflow-y-auto rounded-md border px-3 py-1 outline-offset-[-2px]";

/** Picks from the live routes that a new key can open, searched at the server. */
export function RightsRoutes({ tenant, picked, onPickedChange, error }: RightsRoutesProps) {
  const [typed, setTyped] = useState("");
  const { data, error: failure } = useOpenableRoutes(tenant, typed);
  const isPicked = (route: PickedRoute) => picked.some((one) => sameRight(one, route));
  const fresh = data?.routes.filter((route) => !isPicked(route)) ?? [];
  const more = data ? data.matching - data.routes.length : 0;
  return (
    <div className="space-y-2" data-field="authorizedRequests">
      <div className="flex gap-2">
        <Input
          type="search"
          aria-label="Search live routes by path or name"
          placeholder="Search live routes by path or name"
          value={typed}
          onValueChange={setTyped}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
          }}
        />
        <Button
          disabledReason={fresh.length === 0 ? "Every route that is listed is chosen." : null}
          onClick={() => onPickedChange(withPicked(picked, fresh))}
        >
          Choose {fresh.length || "all"}
        </Button>
      </div>
      <ErrorNotice error={failure} />
      {data ? (
        <ul
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
          tabIndex={0}
          aria-label="Live routes"
          className={BOX}
        >
          {data.routes.map((route) => (
            <li key={route.id}>
              <Checkbox
                checked={isPicked(route)}
                onCheckedChange={(on) =>
                  onPickedChange(
                    on ? withPicked(picked, [route]) : picked.filter((one) => !sameRight(one, route)),
                  )
                }
                label={<RouteWords route={route} />}
              />
            </li>
          ))}
          {data.routes.length === 0 ? (
            <li className="py-1 text-muted">
              {data.liveRevision === null
                ? "Nothing is published yet."
                : data.opened === 0
                  ? "No live route asks for an API key that a new key could be."
                  : "No live route matches."}
            </li>
          ) : null}
          {more > 0 ? (
            <li className="py-1 text-muted">{more.toLocaleString("en")} more match; search for them.</li>
          ) : null}
        </ul>
      ) : (
        <Skeleton className="h-32 w-full" />
      )}
      {picked.length ? (
        <div>
          <p className="mb-1 flex items-center justify-between gap-2">
            <span className="font-medium">{picked.length} chosen</span>
            <Button size="small" variant="quiet" onClick={() => onPickedChange([])}>
              Clear all
            </Button>
          </p>
          <ul
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
            tabIndex={0}
            aria-label="Chosen routes"
            className={BOX}
          >
            {picked.map((route) => (
              <li
                key={`${route.method} ${route.path}`}
                className="flex items-center justify-between gap-2 py-0.5"
              >
                <RouteWords route={route} />
                <IconButton
                  size="small"
                  label={`Take away ${route.method} ${route.path}`}
                  icon={<X aria-hidden size={14} />}
                  onClick={() => onPickedChange(picked.filter((one) => !sameRight(one, route)))}
                />
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {error ? (
        <p role="alert" className="text-bad text-xs">
          {error}
        </p>
      ) : null}
    </div>
  );
}

function RouteWords({ route }: { route: PickedRoute }) {
  return (
    <span className="flex min-w-0 items-baseline gap-1">
      <MethodBadge method={route.method} />{" "}
      <span className="min-w-0">
        <span className="break-all font-mono text-xs" translate="no">
          {route.path}
        </span>{" "}
        {route.name ? <span className="ml-1 text-muted text-xs">{route.name}</span> : null}
      </span>
    </span>
  );
}
