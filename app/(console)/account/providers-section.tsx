"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { visitProvider } from "#components/shell/visit-provider.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { Identity, MyProviders } from "#lib/identities/schema.ts";
import { paths } from "#lib/paths.ts";
import { AccountSection } from "./account-section.tsx";

const KEY = ["my-providers"];

/** The person's accounts at identity providers: what they sign in with, more of them to add, and taking one away. */
export function ProvidersSection({ initial }: { initial: MyProviders }) {
  const { data: mine } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get<MyProviders>("/me/identities", { signal }),
    initialData: initial,
  });
  useAddedNotice(mine);
  if (mine.providers.length === 0 && mine.identities.length === 0) return null;
  return (
    <AccountSection
      id="providers"
      title="Sign-in providers"
      description="Accounts elsewhere with which you sign in here."
    >
      <Providers mine={mine} />
    </AccountSection>
  );
}

/** Says once that a provider was added, when the browser comes back from it, and takes the word out of the address. */
function useAddedNotice(mine: MyProviders): void {
  const added = useSearchParams().get("added");
  const router = useRouter();
  const provider = mine.providers.find(({ name }) => name === added);
  const told = useRef(false);
  useEffect(() => {
    if (!provider || told.current) return;
    told.current = true;
    toast.success(`${provider.label} is added`, "From now on you can sign in with it.");
    router.replace(paths.account("providers"));
  }, [provider, router]);
}

function Providers({ mine: { identities, providers } }: { mine: MyProviders }) {
  const client = useQueryClient();
  const [under, setUnder] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<Identity | null>(null);
  const add = async (provider: string) => {
    setUnder(provider);
    try {
      const { ticket } = await api.post<{ ticket: string }>("/me/identities/errands", {
        provider,
        purpose: "link",
      });
      location.assign(await visitProvider(provider, { ticket, returnTo: paths.account("providers") }));
    } catch (error) {
      toast.error(error);
      setUnder(null);
    }
  };
  const remove = async ({ id, label }: Identity) => {
    await api.delete(`/me/identities/${id}`);
    await client.invalidateQueries({ queryKey: KEY });
    toast.success(`${label ?? "The provider"} is removed`);
  };
  return (
    <>
      {identities.length > 0 ? (
        <ul aria-label="Your sign-in providers" className="border-t">
          {identities.map((identity) => (
            <li
              key={identity.id}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b py-3"
            >
              <div className="min-w-0">
                <p className="wrap-anywhere flex flex-wrap items-center gap-2 font-medium">
                  {identity.label ?? identity.provider}
                  {identity.label === null ? <Badge tone="warn">no longer offered here</Badge> : null}
                </p>
                <p className="wrap-anywhere text-muted">
                  {identity.email || "known there without an address"}, added{" "}
                  <RelativeTime at={identity.createdAt} />
                  {identity.lastUsedAt ? (
                    <>
                      , last used <RelativeTime at={identity.lastUsedAt} />
                    </>
                  ) : null}
                </p>
              </div>
              <Button disabledReason={identity.whyNotRemove} onClick={() => setLeaving(identity)}>
                Remove {identity.label ?? identity.provider}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="mt-3 flex flex-wrap gap-2">
        {providers.map(({ name, label }) => (
          <Button key={name} loading={under === name} onClick={() => void add(name)}>
            {identities.some(({ provider }) => provider === name)
              ? `Add another ${label} account`
              : `Add ${label}`}
          </Button>
        ))}
      </div>
      <ConfirmDialog
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Remove ${leaving?.label ?? leaving?.provider ?? "it"}?`}
        blastRadius={
          leaving && leaving.neededBy.length > 0
            ? `You can no longer sign in with it. ${leaving.neededBy.map(({ name }) => name).join(", ")} ${leaving.neededBy.length === 1 ? "lets" : "let"} you in with nothing else: you would be locked out until you add it again.`
            : "You can no longer sign in with it. Where you are signed in now, you stay so. You can add it again."
        }
        confirmLabel={`Remove ${leaving?.label ?? leaving?.provider ?? "it"}`}
        onConfirm={async () => {
          if (leaving) await remove(leaving);
        }}
      />
    </>
  );
}
