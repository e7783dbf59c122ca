"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Badge, StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { api } from "#lib/api/client.ts";
import type { TokenCheckView } from "#lib/issuers/schema.ts";

const JsonView = fetchedAhead(() =>
  import("#components/code/json-view.tsx").then((module) => module.JsonView),
);

/** Verifies a pasted token as a gateway would. The token lives in this field and in one request. */
export function TestToken({ tenant }: { tenant: string }) {
  const [token, setToken] = useState("");
  const [result, setResult] = useState<TokenCheckView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const check = async () => {
    setBusy(true);
    setError(null);
    try {
      const pasted = token.trim().replace(/^bearer +/i, "");
      const path = `/tenants/${encodeURIComponent(tenant)}/issuers/check-token`;
      setResult(await api.post<TokenCheckView>(path, { token: pasted }));
    } catch (reason) {
      setResult(null);
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="mt-8">
      <Section title="Test a token">
        <form
          className="max-w-3xl space-y-3"
          aria-label="Test a token"
          onSubmit={(event) => {
            event.preventDefault();
            void check();
          }}
        >
          <Field
            label="Token"
            name="token"
            hint="Verified here with the issuers above, exactly as a gateway does. It is not kept."
          >
            <Textarea
              mono
              rows={4}
              value={token}
              onValueChange={(text) => {
                setToken(text);
                setResult(null);
              }}
              autoComplete="off"
              spellCheck={false}
              placeholder="eyJhbGciOi…"
            />
          </Field>
          <div className="flex gap-2">
            <Button
              type="submit"
              loading={busy}
              disabledReason={token.trim() === "" ? "Paste a token first." : null}
            >
              Test token
            </Button>
            {token || result ? (
              <Button
                variant="quiet"
                onClick={() => {
                  setToken("");
                  setResult(null);
                  setError(null);
                }}
              >
                Clear
              </Button>
            ) : null}
          </div>
          <ErrorNotice error={error} />
          <div role="status" className="space-y-3">
            {result ? <Outcome result={result} /> : null}
          </div>
        </form>
      </Section>
    </div>
  );
}

function Outcome({ result }: { result: TokenCheckView }) {
  const { outcome, code, message, issuer, claims, scopes } = result;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        {outcome === "valid" ? (
          <StatusBadge status="active" word="Good" />
        ) : (
          <StatusBadge status={outcome === "refused" ? "refused" : "silent"} word={code ?? outcome} />
        )}
        <span>{message}</span>
        {issuer ? <span className="text-muted">Issuer: {issuer.name}</span> : null}
      </p>
      {scopes.length > 0 ? (
        <p className="flex flex-wrap items-center gap-1">
          <span className="text-muted">Scopes</span>
          {scopes.map((scope) => (
            <Badge key={scope} mono>
              {scope}
            </Badge>
          ))}
        </p>
      ) : null}
      {claims ? <JsonView value={claims} label="Claims" /> : null}
    </>
  );
}
