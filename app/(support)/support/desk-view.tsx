"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { readQuestion } from "#lib/contract/desk-question.ts";
import { hashOf } from "#lib/contract/pasted-key.ts";
import { paths } from "#lib/paths.ts";
import type { Found, FoundKey, SupportSession } from "#lib/support/schema.ts";
import { FoundList } from "./found-list.tsx";
import { InsideList } from "./inside-list.tsx";

const NO_HASH =
  "The key is well-formed, but this browser looks keys up on https addresses only, and this page is not on one. Nothing was sent. Search by its first nine or last four characters instead.";

type Props = { asked: string; found: Found | null; inside: readonly SupportSession[] };

/** One field for whatever an operator was given, and what was found. A whole key is hashed here and never sent. */
export function DeskView({ asked, found, inside }: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const [text, setText] = useState(asked);
  const [wrong, setWrong] = useState<string | null>(null);
  const [pasted, setPasted] = useState<FoundKey | "none" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const lookUp = async (key: string) => {
    setText("");
    const sha256 = await hashOf(key);
    if (sha256 === null) return setWrong(NO_HASH);
    setBusy(true);
    try {
      setPasted(await api.post<FoundKey>("/support/keys/lookup", { sha256 }));
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 404) setPasted("none");
      else setError(reason);
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWrong(null);
    setPasted(null);
    setError(null);
    const question = readQuestion(text);
    if (question.kind === "nothing") return setWrong("Type or paste what you were given.");
    if (question.kind === "key") return void lookUp(question.key);
    if (question.kind === "wrong") {
      if (text.trim().length > 5) setText("");
      return setWrong(`${question.why} It was not sent anywhere.`);
    }
    start(() => router.push(paths.support({ q: text.trim() })));
  };

  return (
    <>
      <PageHeader
        title="Find anything"
        description="In every tenant: a job or request ID, the beginning or the end of a key, a tenant's name."
      />
      <search>
        <form onSubmit={submit} className="mb-6 flex items-start gap-2">
          <div className="min-w-0 max-w-180 flex-1">
            <Field
              label="What you were given"
              error={wrong}
              hint="A whole key stays in this browser: only its SHA-256 is sent."
            >
              <Input
                mono
                autoFocus
                data-page-search
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                data-1p-ignore
                data-lpignore="true"
                value={text}
                onValueChange={setText}
                className={/gh[tc]?_\S{7}/.test(text) ? "[-webkit-text-security:disc]" : undefined}
              />
            </Field>
          </div>
          <Button type="submit" variant="primary" loading={busy || pending} className="mt-6">
            Find
          </Button>
        </form>
      </search>
      <ErrorNotice error={error} />
      <div role="status">
        {pasted === "none" ? (
          <EmptyState
            title="Nobody's key"
            body="The key is well-formed, and no tenant of this installation has it: another installation made it, or nobody did."
          />
        ) : null}
        {pasted && pasted !== "none" ? (
          <FoundList
            found={{ jobs: [], refusals: [], tenants: [], keys: [pasted], more: false }}
            inside={inside}
          />
        ) : null}
        {found && pasted === null ? <FoundList found={found} inside={inside} asked={asked} /> : null}
      </div>
      {found || pasted ? null : <InsideList sessions={inside} />}
    </>
  );
}
