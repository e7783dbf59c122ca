"use client";
import { useState } from "react";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { RefusalLookup } from "./refusal-lookup.tsx";
import { RequestExplainer } from "./request-explainer.tsx";

/** What the address asks for. */
export type Asked = { method?: string; path?: string; keyId?: string; request?: string; about?: string };

/** A request that could be made, or one that was refused. */
export function ExplainPageView({
  tenant,
  gatewayUrl,
  asked,
}: {
  tenant: string;
  gatewayUrl: string;
  asked: Asked;
}) {
  const [tab, setTab] = useState<"request" | "refusal">(
    asked.request || asked.about === "refusal" ? "refusal" : "request",
  );
  return (
    <>
      <PageHeader
        title="Explain"
        description="What the gateway does with a request, and why. Nothing is sent, counted or run."
      />
      <Tabs
        label="What to explain"
        value={tab}
        onValueChange={setTab}
        tabs={[
          {
            value: "request",
            label: "A request",
            panel: <RequestExplainer tenant={tenant} gatewayUrl={gatewayUrl} asked={asked} />,
          },
          {
            value: "refusal",
            label: "A past refusal",
            panel: <RefusalLookup tenant={tenant} asked={asked.request ?? ""} />,
          },
        ]}
      />
    </>
  );
}
