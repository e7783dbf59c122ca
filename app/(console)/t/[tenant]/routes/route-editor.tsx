"use client";
import { useState } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { Role } from "#lib/access/permissions.ts";
import { paths } from "#lib/paths.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { RouteHeader } from "./[id]/route-header.tsx";
import { RouteForm } from "./route-form.tsx";
import { documentOf, NEW_ROUTE, toFormValues } from "./route-form-values.ts";
import { useRouteEditor } from "./use-route-editor.ts";

export type RouteEditorProps = {
  tenant: string;
  role: Role;
  gatewayUrl: string;
  /** Names of the functions that the data plane has registered. */
  functions: readonly string[];
  /** The route to edit; null makes a new one. */
  route: DraftRoute | null;
  /** The route that a new one starts as a copy of. */
  copyOf?: DraftRoute | null;
};

/** A route's page: which one it is, what can be done with the whole of it, and every field of it. */
export function RouteEditor({ route, copyOf = null, ...props }: RouteEditorProps) {
  const source = route ?? copyOf;
  const [initial] = useState(() => (source ? toFormValues(documentOf(source)) : NEW_ROUTE));
  const editing = useRouteEditor({ tenant: props.tenant, route, initial });
  const { saved, form, switchTo } = editing;
  return (
    <>
      {saved ? (
        <RouteHeader
          tenant={props.tenant}
          role={props.role}
          route={saved}
          dirty={form.dirty}
          onSwitch={switchTo}
        />
      ) : (
        <PageHeader
          up={{ href: paths.routes(props.tenant), label: "Routes" }}
          title={copyOf ? "Duplicate route" : "Create route"}
          description="A path and a target are enough. It is a draft until you publish."
        />
      )}
      {!saved && copyOf ? (
        <div className="mb-5">
          <Notice title={`A copy of ${copyOf.method} ${copyOf.path}`}>
            Change its method, its path or its version: two routes that answer the same requests cannot be
            published.
          </Notice>
        </div>
      ) : null}
      <RouteForm {...props} editing={editing} />
    </>
  );
}
