"use client";
import { LogIn } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Provider } from "#lib/identities/schema.ts";
import { visitProvider } from "./visit-provider.ts";

/** One button for each identity provider; goes there, and afterwards to `returnTo`, an address of this console. */
export function ProviderButtons({
  providers,
  returnTo,
  primary = false,
}: {
  providers: readonly Provider[];
  returnTo: string;
  /** Where it is the one thing to do. */
  primary?: boolean;
}) {
  const [under, setUnder] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const go = async (provider: string) => {
    setUnder(provider);
    setFailure(null);
    try {
      location.assign(await visitProvider(provider, { returnTo }));
    } catch (error) {
      setFailure((error as Error).message);
      setUnder(null);
    }
  };
  if (providers.length === 0) return null;
  return (
    <div className="space-y-2">
      {providers.map(({ name, label }) => (
        <Button
          key={name}
          variant={primary ? "primary" : "secondary"}
          className="wrap-anywhere h-auto min-h-8 w-full"
          icon={<LogIn aria-hidden size={14} />}
          loading={under === name}
          onClick={() => {
            if (under === null) void go(name);
          }}
        >
          Continue with {label}
        </Button>
      ))}
      <div role="alert">{failure ? <Notice tone="bad">{failure}</Notice> : null}</div>
    </div>
  );
}
