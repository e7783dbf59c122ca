"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { ApiError, api, type Page } from "#lib/api/client.ts";
import { hashOf, lookAt } from "#lib/contract/pasted-key.ts";
import type { ApiKey } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { KeyEnds } from "./key-columns.tsx";

const MOST = 8;

type Found = { keys: ApiKey[]; more: boolean; q: string | null } | { none: string };

type FindKeyProps = {
  tenant: string;
  open: boolean;
  onClose: () => void;
  /** What was put into the list's search and may not stay in an address. */
  pasted: string;
};

/**
 * Whose key is this? A whole key is hashed here and only its SHA-256 is sent; a part of one is searched for. What was
 * typed is gone from the field as soon as it has been looked at, if it was a secret.
 */
export function FindKey({ tenant, open, onClose, pasted }: FindKeyProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Find a key"
      description="Paste a whole key, or type a part of its name, its first characters or its last four."
      initialFocus={field}
    >
      <Finder key={pasted} tenant={tenant} field={field} start={pasted} />
    </Dialog>
  );
}

function Finder({
  tenant,
  field,
  start,
}: {
  tenant: string;
  field: { current: HTMLInputElement | null };
  start: string;
}) {
  const client = useQueryClient();
  const base = `/tenants/${encodeURIComponent(tenant)}/keys`;
  const [text, setText] = useState(start);
  const [wrong, setWrong] = useState<string | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const oneOrNone = async (ask: () => Promise<ApiKey>, none: string): Promise<Found> => {
    try {
      return { keys: [await ask()], more: false, q: null };
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 404) return { none };
      throw reason;
    }
  };

  const find = async () => {
    const looked = lookAt(text);
    setWrong(null);
    setFound(null);
    setError(null);
    if (looked.kind === "nothing") return setWrong("Paste a key or type a part of one.");
    if (looked.kind === "wrong") {
      setText("");
      return setWrong(`${looked.why} It was not sent anywhere.`);
    }
    setBusy(true);
    try {
      if (looked.kind === "key") {
        setText("");
        const sha256 = await hashOf(looked.key);
        if (sha256 === null) {
          return setWrong(
            "The key is well-formed, but this browser looks keys up on https addresses only, and this page is not on one. Nothing was sent. Search by its last four characters instead.",
          );
        }
        setFound(
          await oneOrNone(
            () => api.post<ApiKey>(`${base}/lookup`, { sha256 }),
            "The key is well-formed, and no key of this tenant: another tenant or another installation made it, or nobody did.",
          ),
        );
      } else if (looked.kind === "id") {
        setFound(
          await oneOrNone(
            () => api.get<ApiKey>(`${base}/${looked.id}`),
            "No key of this tenant has this ID.",
          ),
        );
      } else {
        const page = await client.fetchQuery({
          queryKey: ["keys", tenant, "find", looked.q],
          queryFn: () =>
            api.page<ApiKey>(base, { query: { q: looked.q, limit: MOST } }) as Promise<Page<ApiKey>>,
        });
        setFound(
          page.data.length > 0
            ? { keys: page.data, more: page.nextCursor !== null, q: looked.q }
            : { none: "No key has this in its name, its first characters or its last four." },
        );
      }
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="space-y-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Field
            label="Key, or a part of one"
            error={wrong}
            hint="A whole key stays in this browser: only its SHA-256 is sent."
          >
            <Input
              ref={field}
              mono
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              data-1p-ignore
              data-lpignore="true"
              value={text}
              onValueChange={setText}
              onKeyDown={(event) => {
                if (event.key === "Enter" && !event.nativeEvent.isComposing) void find();
              }}
              className={/gh[tc]?_\S{7}|\S{20}/.test(text) ? "[-webkit-text-security:disc]" : undefined}
            />
          </Field>
        </div>
        <Button variant="primary" loading={busy} onClick={() => void find()} className="mt-6">
          Find key
        </Button>
      </div>
      <ErrorNotice error={error} />
      <div role="status">
        {found && "none" in found ? <Notice>{found.none}</Notice> : null}
        {found && "keys" in found ? (
          <ul aria-label="Keys found" className="border-t">
            {found.keys.map((key) => (
              <li
                key={key.id}
                className="relative flex flex-wrap items-center gap-x-3 gap-y-1 border-b py-2 hover:bg-hover"
              >
                <StatusBadge status={key.status} />
                <TextLink
                  href={paths.key(tenant, key.id)}
                  className="row-link min-w-0 flex-1 break-words max-sm:order-first max-sm:basis-full"
                >
                  {key.name}
                </TextLink>
                <KeyEnds apiKey={key} />
                <span className="text-muted text-xs">
                  used <RelativeTime at={key.lastUsedAt} />
                </span>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      {found && "keys" in found && found.more && found.q ? (
        <TextLink href={paths.keys(tenant, { q: found.q })}>Show all that match in the list</TextLink>
      ) : null}
    </div>
  );
}
