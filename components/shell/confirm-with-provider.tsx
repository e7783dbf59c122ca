"use client";
import { useQuery } from "@tanstack/react-query";
import { LogIn } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { api } from "#lib/api/client.ts";
import type { MyProviders } from "#lib/identities/schema.ts";
import { CONFIRMED_CHANNEL } from "./confirmed-channel.ts";
import { visitProvider } from "./visit-provider.ts";

/** Large enough for a provider's sign-in page, small enough to be seen as a window of its own. */
const WINDOW = "popup,width=520,height=720";

/**
 * Proves again that it is the person by signing in to one of their providers once more, in a window beside this page,
 * which keeps what they were about to do.
 */
export function ConfirmWithProvider({ onConfirmed }: { onConfirmed: () => void }) {
  const mine = useQuery({
    queryKey: ["my-providers"],
    queryFn: ({ signal }) => api.get<MyProviders>("/me/identities", { signal }),
  });
  const [waiting, setWaiting] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const done = useRef(onConfirmed);
  done.current = onConfirmed;

  useEffect(() => {
    const channel = new BroadcastChannel(CONFIRMED_CHANNEL);
    channel.onmessage = () => done.current();
    return () => channel.close();
  }, []);

  const go = async (provider: string) => {
    setFailure(null);
    // Opened by the press itself: a window that is opened later is taken for an advertisement.
    const opened = window.open("about:blank", "gatehouse-confirm", WINDOW);
    if (!opened) {
      setFailure(
        "Your browser keeps this page from opening a window. Allow it for this page, and press once more.",
      );
      return;
    }
    setWaiting(provider);
    try {
      const { ticket } = await api.post<{ ticket: string }>("/me/identities/errands", {
        provider,
        purpose: "confirm",
      });
      opened.location.href = await visitProvider(provider, { ticket });
    } catch (error) {
      opened.close();
      setWaiting(null);
      setFailure((error as Error).message);
    }
  };

  const own = (mine.data?.providers ?? []).filter(({ name }) =>
    mine.data?.identities.some((identity) => identity.provider === name),
  );
  return (
    <div className="space-y-2">
      {own.map(({ name, label }) => (
        <Button
          key={name}
          className="wrap-anywhere h-auto min-h-8 w-full"
          icon={<LogIn aria-hidden size={14} />}
          onClick={() => void go(name)}
        >
          {waiting === name ? `Waiting for ${label}: open it again` : `Confirm with ${label}`}
        </Button>
      ))}
      <div role="alert">{failure ? <Notice tone="bad">{failure}</Notice> : null}</div>
    </div>
  );
}
