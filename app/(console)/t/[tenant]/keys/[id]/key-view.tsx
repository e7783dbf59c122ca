"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, Pencil, RotateCw } from "lucide-react";
import { useMemo, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { type Command, useCommands } from "#components/shell/commands.ts";
import { MethodBadge, StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { whyNotRevoke, whyNotRotate } from "#lib/keys/rules.ts";
import type { ApiKeyDetail } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { Enforcement, keyQuery } from "../enforcement.tsx";
import { KeyEnds, KeyExpiry } from "../key-columns.tsx";
import { KeyRoutes } from "../key-routes.tsx";
import { KeyTraffic } from "../key-traffic.tsx";
import { rightsText } from "../key-words.ts";
import { RotateKey } from "../rotate-key.tsx";
import { RotatePanel } from "../rotate-panel.tsx";
import { useOnceOpen } from "../use-once-open.ts";

const EditKey = fetchedAhead(() => import("../edit-key.tsx").then((module) => module.EditKey));
const RevokeDialog = fetchedAhead(() => import("../revoke-dialog.tsx").then((module) => module.RevokeDialog));

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
  const [revokedAt, setRevokedAt] = useState<number>();
  const [editing, setEditing] = useState(false);
  const used = { edit: useOnceOpen(editing), revoke: useOnceOpen(revoking) };
  const [rotating, setRotating] = useState(false);
  const refusal = whyNot(role, "key.manage");
  useCommands(
    useMemo(() => {
      const offered: Command[] = [];
      if (!refusal && !whyNotRotate(key)) {
        const keywords = "replace renew this key";
        offered.push({
          id: "rotate-key",
          label: `Rotate “${key.name}”`,
          keywords,
          run: () => setRotating(true),
        });
      }
      if (!refusal && !whyNotRevoke(key.status)) {
        const keywords = "end leak this key";
        offered.push({
          id: "revoke-key",
          label: `Revoke “${key.name}”`,
          keywords,
          run: () => setRevoking(true),
        });
      }
      return offered.map((one) => ({ ...one, group: "This key" }));
    }, [key, refusal]),
  );
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
              icon={<Pencil aria-hidden size={14} />}
              disabledReason={refusal}
              onClick={() => setEditing(true)}
            >
              Edit
            </Button>
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
      {key.status === "revoked" ? (
        <Enforcement tenant={tenant} id={key.id} what={`“${key.name}” is`} since={revokedAt} />
      ) : null}
      <RotatePanel tenant={tenant} apiKey={key} refusal={refusal} />
      <div className="grid grid-cols-1 items-start gap-x-10 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div>
          <Section title="Facts">
            <Facts
              items={[
                { name: "ID", value: <CopyId value={key.id} label="key ID" /> },
                { name: "May do", value: <Rights apiKey={key} /> },
                { name: "Last used", value: <RelativeTime at={key.lastUsedAt} /> },
                { name: "Expires", value: <KeyExpiry apiKey={key} /> },
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
          <KeyRoutes
            tenant={tenant}
            id={key.id}
            usable={key.status === "active" || key.status === "rotating"}
          />
        </div>
        <div className="min-w-0">
          <KeyTraffic tenant={tenant} id={key.id} />
          <Section title="Call with it">
            <CodeBlock label="Set API_KEY to the key first" code={curl} />
            <p className="mt-2 text-muted">
              The key itself was shown once, when it was made. If it is lost, revoke it and mint another.
            </p>
          </Section>
        </div>
      </div>
      <RotateKey
        tenant={tenant}
        apiKey={rotating ? key : null}
        refusal={refusal}
        onClose={() => setRotating(false)}
      />
      {used.edit ? (
        <EditKey tenant={tenant} apiKey={key} open={editing} onClose={() => setEditing(false)} />
      ) : null}
      {used.revoke ? (
        <RevokeDialog
          tenant={tenant}
          apiKey={revoking ? key : null}
          onClose={() => setRevoking(false)}
          onRevoked={(_, at) => {
            setRevokedAt(at);
            void client.invalidateQueries({ queryKey: ["keys", tenant] });
          }}
        />
      ) : null}
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
