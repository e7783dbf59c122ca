"use client";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { PlaceOverEverything, showOverEverything } from "#components/ui/over-everything.tsx";
import { ToastPlace } from "#components/ui/toast.tsx";
import { ApiError, onConfirmationRequired } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";

/**
 * A session that has ended leads to the sign-in and back to this page; a tenant that asks for more than before, to the
 * page that says what.
 */
function onQueryError(error: unknown): void {
  if (!(error instanceof ApiError)) return;
  const tenant = /^\/t\/([^/]+)/.exec(location.pathname)?.[1];
  if (tenant && (error.code === "two_factor_required" || error.code === "sso_required")) {
    location.assign(paths.entry(decodeURIComponent(tenant), location.pathname + location.search));
    return;
  }
  if (error.status !== 401) return;
  if (location.pathname.startsWith("/sign-in")) return;
  location.assign(paths.signIn(location.pathname + location.search));
}

function makeClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: onQueryError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A refusal stays a refusal; only what may pass by itself is tried again.
        retry: (count, error) =>
          count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
        retryDelay: (count) => Math.min(500 * 2 ** count, 4_000),
      },
      mutations: { retry: false },
    },
  });
}

/** Fetched when somebody is first asked. */
const ConfirmIdentity = lazy(() =>
  import("./confirm-identity.tsx").then((module) => ({ default: module.ConfirmIdentity })),
);

const askToConfirm = (): Promise<boolean> =>
  new Promise((resolve) => {
    const onAnswer = (confirmed: boolean) => {
      showOverEverything(null);
      resolve(confirmed);
    };
    showOverEverything(
      <Suspense>
        <ConfirmIdentity onAnswer={onAnswer} />
      </Suspense>,
    );
  });

/** What every page needs around it: the query client, the place for toasts and the one question who it is. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  useEffect(() => {
    onConfirmationRequired(askToConfirm);
    return () => onConfirmationRequired(null);
  }, []);
  return (
    <QueryClientProvider client={client}>
      {children}
      <PlaceOverEverything />
      <ToastPlace />
    </QueryClientProvider>
  );
}
