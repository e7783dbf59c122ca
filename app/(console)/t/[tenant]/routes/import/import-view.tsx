"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { ApiError, api } from "#lib/api/client.ts";
import type { Imported, OpenApiPreview } from "#lib/openapi/schema.ts";
import { paths } from "#lib/paths.ts";
import { choosable, importedWords } from "./choose-operations.ts";
import { DocumentSource, type SourceText } from "./document-source.tsx";
import { ImportError } from "./import-error.tsx";
import type { Options } from "./import-options.tsx";
import { PreviewPart } from "./preview-part.tsx";

const EMPTY: Options = { target: null, pathPrefix: "", unsecured: "none" };
type Shown = { preview: OpenApiPreview; options: Options; chosen: ReadonlySet<string> };

/** Brings an OpenAPI document into the draft: paste it, see what each operation becomes, choose, import. */
export function ImportView({
  tenant,
  role,
  functions,
}: {
  tenant: string;
  role: Role;
  functions: readonly string[];
}) {
  const client = useQueryClient();
  const [source, setSource] = useState<SourceText>({ text: "", file: null });
  const [options, setOptions] = useState<Options>(EMPTY);
  const [shown, setShown] = useState<Shown | null>(null);
  const [busy, setBusy] = useState<"preview" | "import" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState<Imported | null>(null);
  const base = `/tenants/${encodeURIComponent(tenant)}/openapi`;
  const refusal = whyNot(role, "draft.edit");

  const run = async (what: "preview" | "import", work: () => Promise<void>) => {
    setBusy(what);
    setError(null);
    try {
      await work();
    } catch (reason) {
      setError(reason);
    }
    setBusy(null);
  };
  const look = (wanted: Options) =>
    run("preview", async () => {
      const preview = await api.post<OpenApiPreview>(`${base}/preview`, { document: source.text, ...wanted });
      const before = shown?.chosen;
      const possible = choosable(preview.operations);
      // What was taken out by hand stays out when only the options changed.
      const known = new Set(shown?.preview.operations.map(({ pointer }) => pointer));
      const chosen = new Set(
        possible.filter((pointer) => !before || !known.has(pointer) || before.has(pointer)),
      );
      setShown({ preview, options: wanted, chosen });
      setDone(null);
    });
  const bring = ({ preview, options: read, chosen }: Shown) =>
    run("import", async () => {
      try {
        const imported = await api.post<Imported>(`${base}/import`, {
          document: source.text,
          ...read,
          target: read.target ?? preview.target,
          draftVersion: preview.draftVersion,
          operations: [...chosen],
        });
        setDone(imported);
        setShown(null);
        setSource({ text: "", file: null });
        setOptions(EMPTY);
        toast.success(importedWords(imported), "Nothing is live before it is published.");
        await Promise.all(
          ["routes", "changes"].map((name) => client.invalidateQueries({ queryKey: [name, tenant] })),
        );
      } catch (reason) {
        // The draft is not the one that was looked at: show what the document would do to the one that is.
        if (reason instanceof ApiError && reason.status === 409) await look(read);
        throw reason;
      }
    });
  const change = (next: SourceText) => {
    setSource(next);
    setShown(null);
    setError(null);
    setOptions(EMPTY);
  };

  return (
    <>
      <PageHeader
        up={{ href: paths.routes(tenant), label: "Routes" }}
        title="Import routes"
        description="From an OpenAPI document into the draft. You see what each operation becomes before anything changes."
      />
      {done ? (
        <div className="mb-4">
          <Notice
            title={importedWords(done)}
            action={<LinkButton href={paths.changes(tenant)}>Review changes</LinkButton>}
          >
            Callers notice nothing until you publish.
          </Notice>
        </div>
      ) : null}
      <DocumentSource source={source} onChange={change} />
      <div className="mt-3">
        <Button
          variant={shown ? "secondary" : "primary"}
          loading={busy === "preview"}
          disabledReason={
            refusal ?? (source.text.trim() === "" ? "Paste a document or choose a file first." : null)
          }
          onClick={() => look(options)}
        >
          Preview import
        </Button>
      </div>
      <ImportError error={error} />
      {shown ? (
        <PreviewPart
          preview={shown.preview}
          chosen={shown.chosen}
          options={options}
          read={shown.options}
          functions={functions}
          error={error}
          busy={busy}
          refusal={refusal}
          onOptions={setOptions}
          onApply={() => look(options)}
          onChosen={(chosen) => setShown({ ...shown, chosen })}
          onImport={() => bring(shown)}
        />
      ) : null}
    </>
  );
}
