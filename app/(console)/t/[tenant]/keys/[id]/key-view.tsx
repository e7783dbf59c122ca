"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, RotateCw } from "lucide-react";
import { useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { MethodBadge, StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { whyNotRevoke, whyNotRotate } from "#lib/keys/rules.ts";
import type { ApiKeyDetail } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { Enforcement, keyQuery } from "../enforcement.tsx";
import { KeyEnds, rightsText } from "../key-columns.tsx";
import { RevokeDialog } from "../revoke-dialog.tsx";
import { RotateKey } from "../rotate-key.tsx";
import { RotatePanel } from "../rotate-panel.tsx";

type KeyViewProps = {
  tenant: string;
  role: Role;
  initial: ApiKeyDetail;
  /** How to call with it; a variable stands for the key. */
  curl: string;
  loadedAt: number;
};

/** One key: what it may do, when it was used, who made and ended it, and how to call with it. */
export function KeyView({ tenant, role, initial, curl, loadedAt }: KeyViewProps) {
  const client = useQueryClient();
  const { data: key, error } = useQuery({
    ...keyQuery(tenant, initial.id),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  });
  const [revoking, setRevoking] = useState(false);
  const [rotating, setRotating] = useState(false);
  const refusal = whyNot(role, "key.manage");
  return (
    <>
      <PageHeader
        up={{ href: paths.keys(tenant), label: "Keys" }}
        title={key.name}
        description={key.description}
        meta={
          <>
            <StatusBadge status={key.status} />
            {key.status === "rotating" ? (
              <span className="text-muted">
                ends <RelativeTime at={key.graceEndsAt} />
              </span>
            ) : null}
            <KeyEnds apiKey={key} />
          </>
        }
        actions={
          <>
            <Button
              icon={<RotateCw aria-hidden size={14} />}
              disabledReason={refusal ?? whyNotRotate(key)}
              onClick={() => setRotating(true)}
            >
              Rotate key
            </Button>
            <Button
              icon={<Ban aria-hidden size={14} />}
              disabledReason={refusal ?? whyNotRevoke(key.status)}
              onClick={() => setRevoking(true)}
            >
              Revoke key
            </Button>
          </>
        }
      />
      <ErrorNotice error={error} />
      {key.status === "revoked" ? <Enforcement tenant={tenant} id={key.id} name={key.name} /> : null}
      <RotatePanel tenant={tenant} apiKey={key} refusal={refusal} />
      <div className="grid grid-cols-1 items-start gap-x-10 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div>
          <Section title="Facts">
            <Facts
              items={[
                { name: "ID", value: <CopyId value={key.id} label="key ID" /> },
                { name: "May do", value: <Rights apiKey={key} /> },
                { name: "Last used", value: <RelativeTime at={key.lastUsedAt} /> },
                { name: "Expires", value: <RelativeTime at={key.expiresAt} /> },
                {
                  name: "Made",
                  value: (
                    <>
                      <RelativeTime at={key.createdAt} /> by {key.createdBy}
                    </>
                  ),
                },
                ...(key.revokedAt
                  ? [
                      {
                        name: "Revoked",
                        value: (
                          <>
                            <RelativeTime at={key.revokedAt} /> by {key.revokedBy}
                          </>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          </Section>
        </div>
        <Section title="Call with it">
          <CodeBlock label="Set API_KEY to the key first" code={curl} />
          <p className="mt-2 text-muted">
            The key itself was shown once, when it was made. If it is lost, revoke it and mint another.
          </p>
        </Section>
      </div>
      <RotateKey
        tenant={tenant}
        apiKey={rotating ? key : null}
        refusal={refusal}
        onClose={() => setRotating(false)}
      />
      <RevokeDialog
        tenant={tenant}
        apiKey={revoking ? key : null}
        onClose={() => setRevoking(false)}
        onRevoked={() => void client.invalidateQueries({ queryKey: ["keys", tenant] })}
      />
    </>
  );
}

function Rights({ apiKey }: { apiKey: ApiKeyDetail }) {
  if (!apiKey.authorizedRequests?.length) return rightsText(apiKey);
  return (
    <ul>
      {apiKey.authorizedRequests.map((request) => (
        <li key={JSON.stringify(request)} className="flex items-baseline">
          <MethodBadge method={request.method} />
          <span className="break-all font-mono text-xs">
            {request.path}
            {Object.entries(request.queryParameters).map(([name, value]) => ` ${name}=${value}`)}
          </span>
        </li>
      ))}
    </ul>
  );
}
