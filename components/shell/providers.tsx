"use client";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ToastPlace } from "#components/ui/toast.tsx";
import { ApiError } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";

/** A session that has ended leads to the sign-in and back to this page. */
function onQueryError(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401) return;
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

/** What every page needs around it: the query client and the place for toasts. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      {children}
      <ToastPlace />
    </QueryClientProvider>
  );
}
