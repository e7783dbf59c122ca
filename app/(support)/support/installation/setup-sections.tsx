"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Facts, Section } from "#components/ui/page-header.tsx";
import { api } from "#lib/api/client.ts";
import type { ProviderCheck, Setup, TestMail } from "#lib/installation/schema.ts";

/** How the installation is set up: mail, sign-in providers, encryption keys, what is kept for how long. */
export function SetupSections({ setup: data }: { setup: Setup }) {
  return (
    <>
      <Section title="This console">
        <Facts
          items={[
            { name: "Version", value: data.version },
            { name: "Address", value: data.consoleUrl },
            {
              name: "Jobs are kept",
              value: `${data.retentionDays.succeeded} days when they succeeded, ${data.retentionDays.dead} when dead, ${data.retentionDays.closed} when cancelled or discarded, unless a tenant says otherwise`,
            },
          ]}
        />
      </Section>
      <MailSection setup={data} />
      <ProvidersSection setup={data} />
      <KeysSection setup={data} />
    </>
  );
}

const DELIVERY: Record<TestMail["delivery"], { tone: "info" | "bad"; words: (to: string) => string }> = {
  sent: { tone: "info", words: (to) => `The mail server took it. Look for it at ${to}.` },
  not_configured: { tone: "bad", words: () => "No mail server is configured: set SMTP_URL." },
  failed: {
    tone: "bad",
    words: () => "The mail server did not take it. The console’s log has the code of its answer.",
  },
};

function MailSection({ setup }: { setup: Setup }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<TestMail | null>(null);
  const [error, setError] = useState<unknown>(null);
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      setResult(await api.post<TestMail>("/support/installation/test-mail"));
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section
      title="Mail"
      actions={
        <Button
          size="small"
          loading={busy}
          disabledReason={setup.mail.configured ? null : "No mail server is configured: set SMTP_URL."}
          onClick={() => void send()}
        >
          Send me a test mail
        </Button>
      }
    >
      <Facts
        items={[
          {
            name: "Mail server",
            value: setup.mail.configured ? (
              <Badge tone="ok">configured</Badge>
            ) : (
              <>
                <Badge>none</Badge> Invitations and links to a new password are shown to be copied, or cannot
                be had.
              </>
            ),
          },
          { name: "Comes from", value: setup.mail.from },
        ]}
      />
      <div role="status" className="mt-3">
        {result ? (
          <Notice tone={DELIVERY[result.delivery].tone}>{DELIVERY[result.delivery].words(result.to)}</Notice>
        ) : null}
      </div>
      <ErrorNotice error={error} />
    </Section>
  );
}

function ProvidersSection({ setup: { providers, missingProviders } }: { setup: Setup }) {
  return (
    <Section title="Sign-in providers">
      {missingProviders.map(({ name, tenants }) => (
        <div key={name} className="mb-3">
          <Notice tone="bad" title={`${name} is not configured any more`}>
            {tenants === 1 ? "1 tenant lets" : `${tenants.toLocaleString("en")} tenants let`} its members in
            through it. Unless another provider is allowed there too, nobody enters until it is back.
          </Notice>
        </div>
      ))}
      {providers.length === 0 ? (
        <p className="text-muted">
          None. OIDC_PROVIDERS and what belongs to it bring one; docs/deployment.md has an example.
        </p>
      ) : (
        providers.map((provider) => <ProviderPart key={provider.name} provider={provider} />)
      )}
    </Section>
  );
}

const SIGN_UP = {
  nobody: "nobody",
  invited: "people who have been invited",
  anybody: "everybody whom it vouches for",
} as const;

function ProviderPart({ provider }: { provider: Setup["providers"][number] }) {
  const [asked, setAsked] = useState(false);
  const check = useQuery({
    queryKey: ["provider-check", provider.name],
    queryFn: () =>
      api.post<ProviderCheck>("/support/installation/check-provider", { provider: provider.name }),
    enabled: asked,
    staleTime: 0,
  });
  return (
    <section aria-labelledby={`provider-${provider.name}`} className="mb-6">
      <div className="mb-1 flex flex-wrap items-center justify-between gap-2">
        <h3 id={`provider-${provider.name}`} className="font-medium">
          {provider.label} <span className="font-mono text-muted text-xs">{provider.name}</span>
        </h3>
        <Button
          size="small"
          loading={check.isFetching}
          onClick={() => {
            if (asked) void check.refetch();
            else setAsked(true);
          }}
        >
          Check {provider.label}
        </Button>
      </div>
      <Facts
        items={[
          { name: "Issuer", value: <CopyId value={provider.issuer} label="issuer" /> },
          {
            name: "Redirect address",
            value: <CopyId value={provider.redirectUri} label="redirect address" />,
          },
          { name: "Scopes", value: provider.scopes },
          {
            name: "Addresses",
            value: `${provider.trustEmail ? "Verified ones link accounts" : "Link nothing"}${provider.emailDomains.length > 0 ? `; only of ${provider.emailDomains.join(", ")}` : ""}`,
          },
          { name: "Makes accounts for", value: provider.trustEmail ? SIGN_UP[provider.signUp] : "nobody" },
          {
            name: "Second factor",
            value:
              provider.secondFactor.length > 0
                ? `given when it says ${provider.secondFactor.join(" or ")}`
                : "asked for here, whatever it says",
          },
          {
            name: "Required by",
            value: `${provider.requiredBy.toLocaleString("en")} ${provider.requiredBy === 1 ? "tenant" : "tenants"}`,
          },
        ]}
      />
      <div role="status">
        {check.data ? (
          <ul aria-label={`Check of ${provider.label}`} className="mt-3 space-y-1">
            {check.data.checks.map(({ name, ok, text }) => (
              <li key={name} className="flex flex-wrap items-center gap-2">
                <Badge tone={ok ? "ok" : "bad"}>{ok ? "right" : "wrong"}</Badge>
                <span className="wrap-anywhere min-w-0">
                  <span className="font-medium">{name}</span> {text}
                </span>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <ErrorNotice error={check.error} />
    </section>
  );
}

const KEY_STATES = {
  newest: { tone: "ok", words: "seals what is new" },
  older: { tone: "neutral", words: "opens what it sealed; rotate, then take it out" },
  unknown: { tone: "bad", words: "is not in the settings: what it sealed cannot be opened" },
} as const;

function KeysSection({ setup: { encryption } }: { setup: Setup }) {
  return (
    <Section title="Encryption keys">
      {encryption.keys.length === 0 ? (
        <p className="text-muted">
          None. Without GATEHOUSE_ENCRYPTION_KEY nothing that machines must read again can be kept: shared
          secrets of issuers, webhooks, authenticator apps.
        </p>
      ) : (
        <ul aria-label="Encryption keys" className="border-t">
          {encryption.keys.map(({ id, state, secrets }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">
              <CopyId value={id} label="key ID" />
              <Badge tone={KEY_STATES[state].tone}>{state}</Badge>
              <span className="text-muted">{KEY_STATES[state].words}</span>
              <span className="ml-auto tabular-nums">
                {secrets.toLocaleString("en")} {secrets === 1 ? "secret" : "secrets"}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
